//! Line plots with two logarithmic axes.

use plotters::{
    backend::SVGBackend,
    chart::ChartBuilder,
    element::{Circle, PathElement, Text},
    prelude::{IntoDrawingArea, IntoLogRange},
    series::LineSeries,
    style::{
        Color, ShapeStyle, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};

use super::style::{COLOURS, GRID, INK, WIDTH, format_value, text, without_backticks};
use crate::{error::Result, report::stats::min_max};

/// The width of the legend.
const LEGEND_WIDTH: u32 = 270;

/// One line of a plot.
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Draws lines, with a legend to the right of them.
pub(crate) fn lines(title: &str, x_label: &str, y_label: &str, lines: &[Line]) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, 360)).into_drawing_area();
        area.fill(&WHITE)?;
        let (plot, legend) = area.split_horizontally(WIDTH - LEGEND_WIDTH);
        let points = || lines.iter().flat_map(|line| &line.points);
        let (left, right) = min_max(points().map(|point| point.0));
        let (low, high) = min_max(points().map(|point| point.1));
        let mut chart = ChartBuilder::on(&plot)
            .caption(title, text(18))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d((left * 0.9..right * 1.1).log_scale(), (low * 0.7..high * 1.4).log_scale())?;
        chart
            .configure_mesh()
            .x_desc(x_label)
            .y_desc(y_label)
            .axis_desc_style(text(14))
            .label_style(text(13))
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(INK)
            .x_label_formatter(&|value| tick_label(*value))
            .y_label_formatter(&|value| tick_label(*value))
            .draw()?;
        let mut legend_y = 60;
        for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
            let style = ShapeStyle::from(colour).stroke_width(2);
            chart.draw_series(LineSeries::new(line.points.iter().copied(), style))?;
            chart.draw_series(line.points.iter().map(|&point| Circle::new(point, 3, colour.filled())))?;
            legend.draw(&PathElement::new([(0, legend_y), (18, legend_y)], style))?;
            let label_style = text(13).pos(Pos::new(HPos::Left, VPos::Center));
            legend.draw(&Text::new(without_backticks(&line.label), (24, legend_y), label_style))?;
            legend_y += 22;
        }
        area.present()?;
    }
    Ok(svg)
}

/// Labels only the ticks at 1, 2 and 5 of each decade; more labels would overlap.
fn tick_label(value: f64) -> String {
    let leading = value / 10_f64.powf(value.log10().floor());
    if [1.0, 2.0, 5.0].iter().any(|one| (leading - one).abs() < 1e-6) {
        format_value(value)
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_at_1_2_and_5_of_each_decade_are_labelled() {
        let labels = [0.1, 0.3, 1.0, 2.0, 4.0, 50.0, 900.0, 10_000.0].map(tick_label);
        assert_eq!(labels, ["0.10", "", "1", "2", "", "50", "", "10,000"]);
    }

    #[test]
    fn plot_shows_its_title_and_labels_without_backticks() {
        let line = Line { label: "`a line`".to_owned(), points: vec![(1.0, 5.0), (10.0, 2.0)] };
        let svg = lines("title", "x", "y", &[line]).unwrap();
        assert!(svg.contains("a line") && svg.contains("title") && !svg.contains('`'), "{svg}");
    }
}
