//! Fonts, colours and number formats of every plot.

use plotters::style::{IntoFont, RGBColor, TextStyle};

pub(super) const WIDTH: u32 = 860;

pub(super) const GRID: RGBColor = RGBColor(225, 228, 232);
pub(super) const INK: RGBColor = RGBColor(40, 44, 52);

/// Colours that colour-blind readers can tell apart too (Okabe and Ito).
pub(super) const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// The text style of a size in pixels.
pub(super) fn text(size: u32) -> TextStyle<'static> {
    ("sans-serif", size).into_font().color(&INK)
}

/// Returns a label as a plot shows it: labels of tables have code between backticks.
pub(super) fn without_backticks(label: &str) -> String {
    label.replace('`', "")
}

/// Formats a value with three significant digits, or as an integer with a separator of thousands.
pub(super) fn format_value(value: f64) -> String {
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
    fn value_has_three_significant_digits_or_is_an_integer() {
        let values = [0.05, 0.123, 1.234, 12.34, 123.4, 1_234.0, 12_345.6, 4.0].map(format_value);
        assert_eq!(values, ["0.05", "0.12", "1.23", "12.3", "123", "1234", "12,346", "4"]);
    }
}
