//! Plots as SVG, all in one style: line plots with logarithmic axes, and bar plots.

mod bars;
mod lines;
mod style;

pub(crate) use bars::bars;
pub(crate) use lines::{Line, lines};
