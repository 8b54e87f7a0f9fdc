//! The named parts of an error: container, image, port, path, step, user …

use super::Error;

impl Error {
    /// The named parts of the engine's words, and of what is known beside them.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, String)] {
        &self.0.fields
    }

    /// One of them.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.0.fields.iter();
        fields
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn with_field(mut self, name: &'static str, value: &str) -> Self {
        self.put_field(name, value.to_owned());
        self
    }

    pub(super) fn put_field(&mut self, name: &'static str, value: String) {
        match self.0.fields.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => self.0.fields.push((name, value)),
        }
    }

    pub(super) fn append_explanation(&mut self, sentence: &str) {
        let mut explanation = self.explanation().to_owned();
        explanation.push_str(sentence);
        self.0.explanation = Some(explanation);
    }
}
