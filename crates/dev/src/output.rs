//! The files a run wants to exist: written, or with `--check` compared byte for byte.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::api::Outcome;

/// Wanted files, by path from the root of the repository.
#[derive(Default)]
pub(crate) struct Output {
    files: BTreeMap<PathBuf, String>,
    folders: Vec<PathBuf>,
}

impl Output {
    /// Wants a file with this content.
    pub(crate) fn add(&mut self, path: &str, content: String) {
        self.files.insert(PathBuf::from(path), content);
    }

    /// Everything in this folder is generated: files that no longer are wanted go.
    pub(crate) fn own_folder(&mut self, path: &str) {
        self.folders.push(PathBuf::from(path));
    }

    /// How many files are wanted.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// What differs from the tree: one line per file.
    pub(crate) fn differences(&self, root: &Path) -> Outcome<Vec<String>> {
        let mut lines = Vec::new();
        for (path, content) in &self.files {
            match fs::read_to_string(root.join(path)) {
                Ok(old) if old == *content => {}
                Ok(old) => lines.push(format!(
                    "{}: {}",
                    path.display(),
                    first_difference(&old, content)
                )),
                Err(_) => lines.push(format!("{}: missing", path.display())),
            }
        }
        lines.extend(
            self.stale(root)?
                .iter()
                .map(|path| format!("{}: not generated any more", path.display())),
        );
        Ok(lines)
    }

    /// Writes what differs and removes what is stale; returns what was touched.
    pub(crate) fn write(&self, root: &Path) -> Outcome<Vec<String>> {
        let mut lines = Vec::new();
        for (path, content) in &self.files {
            let target = root.join(path);
            if fs::read_to_string(&target).is_ok_and(|old| old == *content) {
                continue;
            }
            let folder = target.parent().unwrap_or(root);
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&target, content))
                .map_err(|error| format!("{}: {error}", path.display()))?;
            lines.push(format!("wrote {}", path.display()));
        }
        for path in self.stale(root)? {
            fs::remove_file(root.join(&path))
                .map_err(|error| format!("{}: {error}", path.display()))?;
            lines.push(format!("removed {}", path.display()));
        }
        Ok(lines)
    }

    fn stale(&self, root: &Path) -> Outcome<Vec<PathBuf>> {
        let mut stale = Vec::new();
        for folder in self
            .folders
            .iter()
            .filter(|folder| root.join(folder).is_dir())
        {
            for file in files_below(root, folder)? {
                if !self.files.contains_key(&file) {
                    stale.push(file);
                }
            }
        }
        Ok(stale)
    }
}

fn first_difference(old: &str, new: &str) -> String {
    let line = old
        .lines()
        .zip(new.lines())
        .take_while(|(old, new)| old == new)
        .count();
    format!("differs from line {}", line + 1)
}

/// Every file below `folder`, as paths from `root`, sorted; caches and dot folders left out.
pub(crate) fn files_below(root: &Path, folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(folder) = todo.pop() {
        let entries = fs::read_dir(root.join(&folder))
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let path = folder.join(&name);
            let skipped = ["__pycache__", "node_modules", "target", "dist"]
                .iter()
                .any(|skip| name == *skip)
                || name.to_string_lossy().starts_with('.');
            if skipped {
            } else if entry.path().is_dir() {
                todo.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sees_missing_changed_and_stale_files() {
        let root = std::env::temp_dir().join(format!("dockline-dev-output-{}", std::process::id()));
        let mut output = Output::default();
        output.add("a/x.rs", "one\ntwo\n".to_owned());
        output.own_folder("a");
        assert_eq!(output.differences(&root).unwrap(), ["a/x.rs: missing"]);
        assert_eq!(output.write(&root).unwrap(), ["wrote a/x.rs"]);
        assert!(output.differences(&root).unwrap().is_empty());
        fs::write(root.join("a/x.rs"), "one\nthree\n").unwrap();
        fs::write(root.join("a/y.rs"), "").unwrap();
        assert_eq!(
            output.differences(&root).unwrap(),
            [
                "a/x.rs: differs from line 2",
                "a/y.rs: not generated any more"
            ]
        );
        assert_eq!(
            output.write(&root).unwrap(),
            ["wrote a/x.rs", "removed a/y.rs"]
        );
        assert!(output.write(&root).unwrap().is_empty());
        fs::remove_dir_all(&root).unwrap();
    }
}
