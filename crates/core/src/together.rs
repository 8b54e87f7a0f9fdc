//! Many small requests at once: the details of everything on a list, over connections that are kept.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::client::Engine;
use crate::error::Error;
use crate::reply::Reply;
use crate::request::Request;

type Running<'a> = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send + 'a>>;

impl Engine {
    /// `call` for several requests, at most `at_once` of them at a time; what came of each, in their order.
    ///
    /// Dropping the future drops those that are under way.
    pub async fn call_all(
        &self,
        requests: Vec<Request>,
        at_once: usize,
    ) -> Vec<Result<Reply, Error>> {
        let mut all = Together {
            engine: self,
            found: requests.iter().map(|_| None).collect(),
            waiting: requests.into_iter().enumerate(),
            running: Vec::new(),
            at_once: at_once.max(1),
        };
        std::future::poll_fn(|cx| all.poll(cx)).await;
        all.found.into_iter().flatten().collect()
    }
}

struct Together<'a> {
    engine: &'a Engine,
    waiting: std::iter::Enumerate<std::vec::IntoIter<Request>>,
    running: Vec<(usize, Running<'a>)>,
    found: Vec<Option<Result<Reply, Error>>>,
    at_once: usize,
}

impl Together<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let free = self.at_once - self.running.len();
            let engine = self.engine;
            let next = self.waiting.by_ref().take(free);
            self.running.extend(next.map(|(at, request)| {
                let running: Running<'_> = Box::pin(engine.call(request));
                (at, running)
            }));
            if self.running.is_empty() {
                return Poll::Ready(());
            }
            let found = &mut self.found;
            let before = self.running.len();
            self.running.retain_mut(|(at, running)| {
                let Poll::Ready(outcome) = running.as_mut().poll(cx) else {
                    return true;
                };
                if let Some(place) = found.get_mut(*at) {
                    *place = Some(outcome);
                }
                false
            });
            if self.running.len() == before {
                return Poll::Pending;
            }
        }
    }
}
