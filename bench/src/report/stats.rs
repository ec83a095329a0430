//! Statistics of many samples of one measurement. They panic if there is no sample.

use std::time::Duration;

/// Converts a duration to the unit of most figures.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

pub(crate) fn median(samples: impl IntoIterator<Item = f64>) -> f64 {
    percentile(samples, 50)
}

/// Returns the 90th percentile.
pub(crate) fn p90(samples: impl IntoIterator<Item = f64>) -> f64 {
    percentile(samples, 90)
}

/// Returns the 99th percentile, which of fewer than 100 samples is the greatest.
pub(crate) fn p99(samples: impl IntoIterator<Item = f64>) -> f64 {
    percentile(samples, 99)
}

/// Returns the nearest-rank percentile, which is always one of the samples.
pub(crate) fn percentile(samples: impl IntoIterator<Item = f64>, percent: usize) -> f64 {
    let mut sorted: Vec<f64> = samples.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100);
    *sorted.get(rank.saturating_sub(1)).expect("every measurement has a sample")
}

/// Returns the least and the greatest sample.
pub(crate) fn min_max(samples: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let samples: Vec<f64> = samples.into_iter().collect();
    (percentile(samples.iter().copied(), 0), percentile(samples, 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentile_is_one_of_the_samples() {
        for (samples, expected) in [(&[7.0, 1.0, 3.0, 9.0, 5.0][..], (5.0, 9.0)), (&[4.0], (4.0, 4.0))] {
            let median = median(samples.iter().copied());
            let p90 = p90(samples.iter().copied());
            assert_eq!((median, p90), expected);
        }
    }
}
