use std::fs;

use super::*;

fn names(names: &[&str]) -> Vec<OsString> {
    names.iter().map(OsString::from).collect()
}

fn whole(archive: &mut Archive) -> Result<Vec<u8>, ArchiveError> {
    let mut all = Vec::new();
    while let Some(piece) = archive.next_piece()? {
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

fn exact() -> Telling {
    Telling {
        record: 10240,
        hard_links: true,
        ..Telling::default()
    }
}

#[test]
fn pieces_are_bounded_and_records_whole() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("large"), vec![7; 1_000_001]).unwrap();
    for number in 0..300 {
        fs::write(folder.path().join(number.to_string()), vec![1; number]).unwrap();
    }
    let mut wanted: Vec<OsString> = (0..300).map(|number| number.to_string().into()).collect();
    wanted.insert(150, "large".into());
    let mut archive = Archive::new(folder.path().into(), wanted, exact());
    let mut size = 0;
    while let Some(piece) = archive.next_piece().unwrap() {
        assert!(piece.len() <= PIECE);
        size += piece.len();
    }
    assert_eq!(size % 10240, 0);
    assert!(size > 1_000_001 + 300 * BLOCK);
    assert!(archive.next_piece().unwrap().is_none());
}

#[test]
fn packed_is_the_same_and_smaller() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), vec![7; 3_000_000]).unwrap();
    let open = || Archive::new(folder.path().into(), names(&["a"]), exact());
    let plain = whole(&mut open()).unwrap();
    let packed = whole(&mut open().packed(6)).unwrap();
    assert!(packed.len() < plain.len() / 100);
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert!(unpacked == plain);
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), vec![7; 1_000_000]).unwrap();
    let mut archive = Archive::new(folder.path().into(), names(&["a", "none"]), exact());
    archive.next_piece().unwrap().unwrap();
    fs::write(folder.path().join("a"), b"short").unwrap();
    let error = whole(&mut archive).unwrap_err();
    assert!(error.reading);
    assert_eq!(error.path, folder.path().join("a"));
    let error = whole(&mut Archive::new(
        folder.path().into(),
        names(&["none"]),
        exact(),
    ));
    assert!(!error.unwrap_err().reading);
}

#[test]
fn a_file_that_grows_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    fs::write(&path, vec![7; 600_000]).unwrap();
    let mut archive = Archive::new(folder.path().into(), names(&["a"]), exact());
    let mut size = archive.next_piece().unwrap().unwrap().len();
    fs::write(&path, vec![7; 900_000]).unwrap();
    size += whole(&mut archive).unwrap().len();
    assert_eq!(
        size,
        (BLOCK + 600_000_usize.next_multiple_of(BLOCK) + 2 * BLOCK).next_multiple_of(10240)
    );
}

#[cfg(unix)]
#[test]
fn a_second_name_is_a_link_and_owners_are_asked_for_once() {
    use std::sync::{Arc, Mutex};
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), b"text").unwrap();
    fs::hard_link(folder.path().join("a"), folder.path().join("b")).unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let telling = Telling {
        owners: Some(Box::new(move |owner| {
            seen.lock().unwrap().push(owner);
            Some("somebody".to_owned())
        })),
        ..exact()
    };
    let archive = whole(&mut Archive::new(
        folder.path().into(),
        names(&["a", "b"]),
        telling,
    ));
    let archive = archive.unwrap();
    let link = &archive[2 * BLOCK..3 * BLOCK];
    assert_eq!(
        (link[156], &link[157..159], &link[124..135]),
        (b'1', &b"a\0"[..], &b"00000000000"[..])
    );
    assert!(link[265..].starts_with(b"somebody\0"));
    assert_eq!(asked.lock().unwrap().len(), 2);
}
