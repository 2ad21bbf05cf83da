//! Finds where among the samples the cycle's boundaries took effect.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::history::Point;
use crate::{Boundary, Cycle, DAY, JITTER, later};

/// Beside each point, when the counters went back to zero between the point before it and it.
///
/// A sample that is taken a minute past the boundary may still hold the old cycle's last totals, and a
/// continued boundary may be none at all. The counters tell: they go back to zero together, and where a
/// boundary is, the busy ones are seen to fall. So, within a day after the boundary:
///
/// - A counter fell: the reset is at the boundary, or, if the same counter was seen past the boundary
///   before it fell, right after that sample. Then that sample closes the old cycle.
/// - None fell: a known boundary holds all the same. A continued one holds unless a counter that was not
///   zero was seen to stand or grow across it; then the samples speak against it.
/// - No sample was taken since the boundary, beyond the jitter: nothing shows yet.
pub(crate) fn find(points: &[Point], cycle: &Cycle) -> Vec<Option<Timestamp>> {
    let mut resets = vec![None; points.len()];
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return resets;
    };
    let mut earliest = 0;
    for boundary in cycle.boundaries(first.at, last.at) {
        if let Some((place, at)) = effect(points, earliest, boundary) {
            resets[place] = Some(at);
            earliest = place;
        }
    }
    resets
}

/// The place of the first point after the reset, and the reset's moment. Totals from before the point
/// at `earliest` are of an older cycle.
fn effect(points: &[Point], earliest: usize, boundary: Boundary) -> Option<(usize, Timestamp)> {
    let next = points.partition_point(|point| point.at < boundary.at);
    let mut totals: BTreeMap<&str, (usize, f64)> = BTreeMap::new();
    for (place, point) in points.iter().enumerate().take(next).skip(earliest) {
        totals.extend(point.counters().map(|(key, total)| (key, (place, total))));
    }
    let window = later(boundary.at, DAY + JITTER);
    let mut closing = None;
    let (mut fell, mut went_on) = (false, false);
    for (place, point) in points.iter().enumerate().skip(next) {
        if point.at > window || fell {
            break;
        }
        for (key, total) in point.counters() {
            let Some((seen, before)) = totals.insert(key, (place, total)) else {
                continue;
            };
            if total < before {
                fell = true;
                closing = closing.max((seen >= next).then_some(seen));
            } else {
                went_on |= before > 0.0;
            }
        }
    }
    let shows = points
        .last()
        .is_some_and(|last| last.at > later(boundary.at, JITTER));
    match closing {
        _ if !fell && (!shows || (went_on && !boundary.known)) => None,
        Some(closing) => Some((closing + 1, points[closing].at)),
        None => Some((next, boundary.at)),
    }
}
