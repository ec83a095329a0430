//! A lane: makes its calls one after the other, each until it is answered.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{
    call::SealedCall,
    patience::Patience,
    reader::Work,
    service::{Reply, Service, TroubleKind},
    stop::Stop,
    tally::Tally,
};
use crate::failure::Failure;

/// What the lanes share.
pub(super) struct Lane {
    pub(super) service: Arc<Service>,
    pub(super) patience: Arc<Patience>,
    pub(super) tally: Arc<Tally>,
    pub(super) stop: Arc<Stop>,
}

/// What became of a call that was made until it was answered.
enum Answered {
    /// Its rows are counted, or it can't be known what became of them.
    Over,
    /// The service won't have it as a whole.
    Refused(String),
}

impl Lane {
    /// Does what there is to do, until there is no more or the import is to stop.
    pub(super) async fn run(self, mut work: mpsc::Receiver<Work>) {
        loop {
            let next = tokio::select! {
                biased;
                () = self.stop.requested() => None,
                next = work.recv() => next,
            };
            match next {
                None => return,
                Some(Work { call, done }) => {
                    if let Err(failure) = self.deliver(&call).await {
                        self.stop.request(failure);
                    }
                    // The reader may have ended.
                    let _ = done.send(call);
                }
            }
        }
    }

    /// Makes a call. If the service refuses it as a whole, it is halved until the rows are found that
    /// are to blame.
    async fn deliver(&self, call: &SealedCall) -> Result<(), Failure> {
        match self.until_answered(call).await? {
            Answered::Over => Ok(()),
            Answered::Refused(because) if call.len() == 1 => self.tally.reject_call(call, &because),
            Answered::Refused(_) => {
                for half in call.halves() {
                    Box::pin(self.deliver(&half)).await?;
                }
                Ok(())
            }
        }
    }

    async fn until_answered(&self, call: &SealedCall) -> Result<Answered, Failure> {
        let mut attempts = self.patience.begin();
        loop {
            let reply = tokio::select! {
                reply = self.service.upsert(call.body(), call.len()) => reply?,
                () = self.stop.final_call() => return Ok(Answered::Over),
            };
            let trouble = match reply {
                Reply::Results(results) => {
                    self.patience.went_through();
                    self.tally.settle(call, &results)?;
                    return Ok(Answered::Over);
                }
                Reply::Refused(because) => return Ok(Answered::Refused(because)),
                Reply::TryAgain(trouble) => trouble,
            };
            let Some(wait) = attempts.next_wait(&trouble) else {
                return Err(given_up(trouble.kind, &trouble.what));
            };
            self.tally.waiting(&trouble.what, wait);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.stop.requested() => return Ok(Answered::Over),
            }
        }
    }
}

fn given_up(kind: TroubleKind, what: &str) -> Failure {
    match kind {
        TroubleKind::Unreachable => Failure::Unavailable(format!(
            "the service can't be reached ({what}). Is the URL right? If so, run the same command again later; \
             what is stored already is not stored twice"
        )),
        TroubleKind::Busy => Failure::Unavailable(format!(
            "the service has no room for the import ({what}). Run the same command again later, perhaps with \
             fewer --calls or --rows-a-call, or more --patience; what is stored already is not stored twice"
        )),
        TroubleKind::Broken => Failure::Other(format!(
            "the service fails on some rows ({what}); its log has the cause. Running the same command again \
             is safe; what is stored already is not stored twice"
        )),
    }
}
