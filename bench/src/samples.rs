//! Many measurements of one thing, and what to say about them.

/// The value that half of the samples don't exceed, or 0 if there is none.
pub(crate) fn median(samples: impl IntoIterator<Item = f64>) -> f64 {
    percentile(samples, 50)
}

/// The value that nine in ten samples don't exceed, or 0 if there is none.
pub(crate) fn ninetieth_percentile(samples: impl IntoIterator<Item = f64>) -> f64 {
    percentile(samples, 90)
}

/// The value that 99 in a hundred samples don't exceed, or 0 if there is none.
pub(crate) fn ninety_ninth_percentile(samples: impl IntoIterator<Item = f64>) -> f64 {
    percentile(samples, 99)
}

/// The least and the greatest sample.
pub(crate) fn extent(samples: impl IntoIterator<Item = f64>) -> (f64, f64) {
    samples
        .into_iter()
        .fold((f64::INFINITY, 0.0), |(least, greatest), sample| (least.min(sample), greatest.max(sample)))
}

/// The nearest-rank percentile: always one of the samples.
pub(crate) fn percentile(samples: impl IntoIterator<Item = f64>, percent: usize) -> f64 {
    let mut sorted: Vec<f64> = samples.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_samples() {
        for (samples, expected) in [(&[7.0, 1.0, 3.0, 9.0, 5.0][..], (5.0, 9.0)), (&[4.0], (4.0, 4.0))] {
            let median = median(samples.iter().copied());
            let ninetieth = ninetieth_percentile(samples.iter().copied());
            assert_eq!((median, ninetieth), expected);
        }
    }
}
