//! The plot: how much each instruction grows, and what settlement costs by entries.

use super::Line;

const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 420.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 360.0;
/// Left and right edge of the two panels.
const LEFT: (f64, f64) = (70.0, 400.0);
const RIGHT: (f64, f64) = (640.0, 920.0);

/// Draws both panels, on white, for light and dark surroundings alike.
pub fn render(lines: &[Line], settlement: &[(u64, u64)]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    svg += &text(LEFT.0, 24.0, "start", "Compute units, as a share of the smallest community's");
    svg += &text(RIGHT.0, 24.0, "start", "settle_epoch, thousand units");
    flat(&mut svg, lines);
    settled(&mut svg, settlement);
    svg + "</svg>\n"
}

fn text(x: f64, y: f64, anchor: &str, words: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{words}</text>\n")
}

fn rule(from: (f64, f64), to: (f64, f64), colour: &str) -> String {
    format!(
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>\n",
        from.0, from.1, to.0, to.1
    )
}

fn path(points: &[(f64, f64)], style: &str) -> String {
    let list: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    format!("<polyline points=\"{}\" fill=\"none\" {style}/>\n", list.join(" "))
}

/// From 98 % to 102 %, sizes on a logarithmic axis.
fn flat(svg: &mut String, lines: &[Line]) {
    let x = |size: f64| LEFT.0 + size.log10() / 4.0 * (LEFT.1 - LEFT.0);
    let y = |percent: f64| BOTTOM - (percent - 98.0) / 4.0 * (BOTTOM - TOP);
    for percent in [98.0, 99.0, 100.0, 101.0, 102.0] {
        *svg += &rule((LEFT.0, y(percent)), (LEFT.1, y(percent)), "#ddd");
        *svg += &text(LEFT.0 - 8.0, y(percent) + 4.0, "end", &format!("{percent} %"));
    }
    for (size, label) in [(1.0, "1"), (100.0, "100"), (10_000.0, "10,000")] {
        *svg += &text(x(size), BOTTOM + 20.0, "middle", label);
    }
    *svg += &text((LEFT.0 + LEFT.1) / 2.0, BOTTOM + 40.0, "middle", "voters, streams or epochs");
    // Labels keep a distance, however close the lines end.
    let mut label_y = TOP + 10.0;
    for Line { name, points } in lines {
        let Some((_, first)) = points.first() else { continue };
        let place = |(size, units): &(u64, u64)| {
            (x(number(*size)), y(100.0 * number(*units) / number(*first)))
        };
        let placed: Vec<(f64, f64)> = points.iter().map(place).collect();
        let Some(end) = placed.last().copied() else { continue };
        *svg += &path(&placed, "stroke=\"#2b6cb0\" stroke-width=\"1.5\"");
        *svg += &rule(end, (LEFT.1 + 18.0, label_y - 4.0), "#bcd");
        *svg += &text(LEFT.1 + 22.0, label_y, "start", name);
        label_y += 21.0;
    }
}

/// Measured points, and the curve of n log n through the first and the last of them.
fn settled(svg: &mut String, points: &[(u64, u64)]) {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return };
    let most = number(last.1) * 1.1;
    let x = |count: f64| RIGHT.0 + count / 100.0 * (RIGHT.1 - RIGHT.0);
    let y = |units: f64| BOTTOM - units / most * (BOTTOM - TOP);
    let n_log_n = |count: f64| count * count.log2();
    let slope = (number(last.1) - number(first.1)) / n_log_n(number(last.0)).max(1.0);
    let curve: Vec<(f64, f64)> = (1..=96)
        .map(|count| {
            let count = f64::from(count);
            (x(count), y(number(first.1) + slope * n_log_n(count)))
        })
        .collect();
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let units = most * share;
        *svg += &rule((RIGHT.0, y(units)), (RIGHT.1, y(units)), "#ddd");
        *svg += &text(RIGHT.0 - 8.0, y(units) + 4.0, "end", &format!("{:.0}", units / 1_000.0));
    }
    *svg += &path(&curve, "stroke=\"#c05621\" stroke-width=\"1\" stroke-dasharray=\"5 4\"");
    for (count, units) in points {
        *svg += &format!(
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"#2b6cb0\"/>\n",
            x(number(*count)),
            y(number(*units))
        );
    }
    for count in [1.0, 32.0, 64.0, 96.0] {
        *svg += &text(x(count), BOTTOM + 20.0, "middle", &format!("{count}"));
    }
    *svg += &text((RIGHT.0 + RIGHT.1) / 2.0, BOTTOM + 40.0, "middle", "awards; dashed: n log n");
}

fn number(value: u64) -> f64 {
    // A plot: what is lost is thinner than its lines.
    value as f64
}
