//! Plots as SVG, all in one style: lines over the size of a list, and bars that are compared.

use plotters::{
    backend::SVGBackend,
    chart::ChartBuilder,
    coord::ranged1d::{IntoSegmentedCoord, SegmentValue},
    element::{Circle, PathElement, Rectangle, Text},
    prelude::{IntoDrawingArea, IntoLogRange},
    series::LineSeries,
    style::{
        Color, IntoFont, RGBColor, ShapeStyle, TextStyle, WHITE,
        text_anchor::{HPos, Pos, VPos},
    },
};

use crate::{Failure, samples::extent};

const WIDTH: u32 = 860;
/// How much of that the names of lines take.
const NAMES: u32 = 270;
const FONT: &str = "sans-serif";
const INK: RGBColor = RGBColor(40, 44, 52);
const GRID: RGBColor = RGBColor(225, 228, 232);

/// Colours that differ for the colour-blind too (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// A line: its name and its points.
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) points: Vec<(f64, f64)>,
}

/// Lines over a logarithmic axis, with a logarithmic one beside it, and their names to the right.
pub(crate) fn lines(title: &str, x: &str, y: &str, lines: &[Line]) -> Result<String, Failure> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, 360)).into_drawing_area();
        area.fill(&WHITE)?;
        let (plot, names) = area.split_horizontally(WIDTH - NAMES);
        let points = || lines.iter().flat_map(|line| &line.points);
        let (left, right) = extent(points().map(|point| point.0));
        let (low, high) = extent(points().map(|point| point.1));
        let mut chart = ChartBuilder::on(&plot)
            .caption(title, text(18))
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d((left * 0.9..right * 1.1).log_scale(), (low * 0.7..high * 1.4).log_scale())?;
        chart
            .configure_mesh()
            .x_desc(x)
            .y_desc(y)
            .axis_desc_style(text(14))
            .label_style(text(13))
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(INK)
            .x_label_formatter(&|value| tick(*value))
            .y_label_formatter(&|value| tick(*value))
            .draw()?;
        let mut place = 60;
        for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
            let style = ShapeStyle::from(colour).stroke_width(2);
            chart.draw_series(LineSeries::new(line.points.iter().copied(), style))?;
            chart.draw_series(line.points.iter().map(|&point| Circle::new(point, 3, colour.filled())))?;
            names.draw(&PathElement::new([(0, place), (18, place)], style))?;
            let beside = text(13).pos(Pos::new(HPos::Left, VPos::Center));
            names.draw(&Text::new(plain(&line.name), (24, place), beside))?;
            place += 22;
        }
        area.present()?;
    }
    Ok(svg)
}

/// Bars from the left, one below the other, with their figures at their ends.
pub(crate) fn bars(title: &str, unit: &str, bars: &[(String, f64)]) -> Result<String, Failure> {
    let mut svg = String::new();
    {
        let height = 64 + 34 * u32::try_from(bars.len())?;
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        area.fill(&WHITE)?;
        let (_, longest) = extent(bars.iter().map(|bar| bar.1));
        let mut chart = ChartBuilder::on(&area)
            .caption(format!("{title}, {unit}"), text(18))
            .margin(12)
            .y_label_area_size(230)
            // Room for the figure at the end of the longest bar.
            .build_cartesian_2d(0.0..longest * 1.15, (0..bars.len().saturating_sub(1)).into_segmented())?;
        // From above, as they were given.
        let name = |at: &SegmentValue<usize>| match at {
            SegmentValue::CenterOf(at) => {
                bars.iter().rev().nth(*at).map(|bar| plain(&bar.0)).unwrap_or_default()
            }
            _ => String::new(),
        };
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_x_axis()
            .y_labels(bars.len())
            .y_label_formatter(&name)
            .label_style(text(14))
            .axis_style(GRID)
            .draw()?;
        let numbered = || bars.iter().rev().enumerate();
        chart.draw_series(numbered().map(|(at, bar)| {
            let mut bar = Rectangle::new(
                [(0.0, SegmentValue::Exact(at)), (bar.1, SegmentValue::Exact(at + 1))],
                COLOURS[0].filled(),
            );
            bar.set_margin(6, 6, 0, 0);
            bar
        }))?;
        let style = text(14).pos(Pos::new(HPos::Left, VPos::Center));
        chart.draw_series(numbered().map(|(at, bar)| {
            let place = (bar.1 + longest * 0.01, SegmentValue::CenterOf(at));
            Text::new(figure(bar.1), place, style.clone())
        }))?;
        area.present()?;
    }
    Ok(svg)
}

/// A name as a plot has it: tables have code between backticks.
fn plain(name: &str) -> String {
    name.replace('`', "")
}

fn text(size: u32) -> TextStyle<'static> {
    (FONT, size).into_font().color(&INK)
}

/// What stands beside a tick of a logarithmic axis: more than 1, 2 and 5 of each decade would run together.
fn tick(value: f64) -> String {
    let leading = value / 10_f64.powf(value.log10().floor());
    if [1.0, 2.0, 5.0].iter().any(|one| (leading - one).abs() < 1e-6) { figure(value) } else { String::new() }
}

/// A figure with as many digits as count, and its thousands apart.
fn figure(value: f64) -> String {
    let rounded = match value {
        value if value >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    };
    match rounded.len() {
        5.. if !rounded.contains('.') => {
            let (thousands, rest) = rounded.split_at(rounded.len() - 3);
            format!("{thousands},{rest}")
        }
        _ => rounded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_has_as_many_digits_as_count() {
        let figures = [0.05, 0.123, 1.234, 12.34, 123.4, 1_234.0, 12_345.6, 4.0].map(figure);
        assert_eq!(figures, ["0.05", "0.12", "1.23", "12.3", "123", "1234", "12,346", "4"]);
    }

    #[test]
    fn an_axis_names_1_2_and_5_of_each_decade() {
        let ticks = [0.1, 0.3, 1.0, 2.0, 4.0, 50.0, 900.0, 10_000.0].map(tick);
        assert_eq!(ticks, ["0.10", "", "1", "2", "", "50", "", "10,000"]);
    }

    #[test]
    fn lines_and_bars_are_drawn_with_their_names() {
        let line = Line { name: "`a line`".to_owned(), points: vec![(1.0, 5.0), (10.0, 2.0)] };
        let svg = lines("title", "x", "y", &[line]).unwrap();
        assert!(svg.contains("a line") && svg.contains("title") && !svg.contains('`'), "{svg}");
        let svg = bars("title", "ms", &[("a bar".to_owned(), 12.34), ("another".to_owned(), 5.0)]).unwrap();
        assert!(svg.contains("a bar") && svg.contains("12.3"), "{svg}");
    }
}
