//! Bar plots: horizontal bars, one below the other.

use plotters::{
    backend::SVGBackend,
    chart::ChartBuilder,
    coord::ranged1d::{IntoSegmentedCoord, SegmentValue},
    element::{Rectangle, Text},
    prelude::IntoDrawingArea,
    style::{
        Color, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::style::{COLOURS, GRID, WIDTH, format_value, text, without_backticks};
use crate::{error::Result, report::stats::min_max};

/// Draws labelled bars in the given order from the top, each with its value at its end.
pub(crate) fn bars(title: &str, unit: &str, bars: &[(String, f64)]) -> Result<String> {
    let mut svg = String::new();
    {
        let height = 64 + 34 * u32::try_from(bars.len())?;
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE)?;
        let (_, longest) = min_max(bars.iter().map(|bar| bar.1));
        let mut chart = ChartBuilder::on(&area)
            .caption(format!("{title}, {unit}"), text(18))
            .margin(12)
            .y_label_area_size(230)
            // Room for the value at the end of the longest bar.
            .build_cartesian_2d(0.0..longest * 1.15, (0..bars.len().saturating_sub(1)).into_segmented())?;
        // The axis points upwards, so the last bar has position 0.
        let bars_upwards = || bars.iter().rev().enumerate();
        let label = |position: &SegmentValue<usize>| match position {
            SegmentValue::CenterOf(position) => {
                bars.iter().rev().nth(*position).map_or_else(String::new, |bar| without_backticks(&bar.0))
            }
            SegmentValue::Exact(_) | SegmentValue::Last => String::new(),
        };
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_x_axis()
            .y_labels(bars.len())
            .y_label_formatter(&label)
            .label_style(text(14))
            .axis_style(GRID)
            .draw()?;
        chart.draw_series(bars_upwards().map(|(position, bar)| {
            let mut bar = Rectangle::new(
                [(0.0, SegmentValue::Exact(position)), (bar.1, SegmentValue::Exact(position + 1))],
                COLOURS[0].filled(),
            );
            bar.set_margin(6, 6, 0, 0);
            bar
        }))?;
        let style = text(14).pos(Pos::new(HPos::Left, VPos::Center));
        chart.draw_series(bars_upwards().map(|(position, bar)| {
            let bar_end = (bar.1 + longest * 0.01, SegmentValue::CenterOf(position));
            Text::new(format_value(bar.1), bar_end, style.clone())
        }))?;
        area.present()?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_have_labels_and_values() {
        let svg = bars("title", "ms", &[("a bar".to_owned(), 12.34), ("another".to_owned(), 5.0)]).unwrap();
        assert!(svg.contains("a bar") && svg.contains("12.3"), "{svg}");
    }
}
