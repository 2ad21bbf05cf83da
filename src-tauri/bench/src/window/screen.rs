//! What is on the display, read from the file in which the X server keeps it. Nothing is asked of the server or
//! of the program: both run as if nobody looked.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// A part of the window, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Of the lines of an area one in so many is looked at: no letter is as low as that.
const LINE_STEP: usize = 4;

/// How long between two looks. It is the most by which a figure can be too high.
const LOOK: Duration = Duration::from_millis(2);

/// A picture that has not changed for so long is the one that stays.
const SETTLED: Duration = Duration::from_millis(1_500);

/// A window that shows nothing by then does not come.
const LIMIT: Duration = Duration::from_secs(40);

/// Pixels that differ from the ground, for a picture to show anything at all.
const SOME: usize = 50;

/// What share of these is enough: a clock in a corner may go on.
const ENOUGH_OF_20: usize = 19;

/// Bytes of an entry of its table of colours, which stands before the first pixel.
const COLOUR: usize = 12;

/// The display's picture.
#[derive(Debug)]
pub(super) struct Screen {
    file: File,
    /// Where the first pixel is.
    start: usize,
    bytes_per_line: usize,
}

/// The looked-at lines of an area, as they are in the file: a look must cost next to nothing.
type Picture = Vec<u8>;

/// Bytes of a pixel: blue, green, red, and one that says nothing.
const PIXEL: usize = 4;

type Colour = [u8; 3];

impl Screen {
    /// Opens the file, whose head is that of `xwd` (`XWDFile.h`): numbers of 32 bits, the highest byte first.
    pub(super) fn open(file: &Path) -> anyhow::Result<Self> {
        let file = File::open(file)
            .with_context(|| format!("the display's picture is not in {}", file.display()))?;
        let field = |place: u64| -> anyhow::Result<usize> {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, place * 4)?;
            Ok(usize::try_from(u32::from_be_bytes(bytes))?)
        };
        let (head, bits, bytes_per_line, colours) = (field(0)?, field(11)?, field(12)?, field(19)?);
        if bits != 32 {
            bail!("the display has {bits} bits a pixel, not 32");
        }
        Ok(Self {
            start: head + colours * COLOUR,
            bytes_per_line,
            file,
        })
    }

    fn picture(&self, area: Area) -> io::Result<Picture> {
        let lines = (area.top..area.top + area.height).step_by(LINE_STEP);
        let mut picture = vec![0; lines.len() * area.width * PIXEL];
        for (line, y) in picture.chunks_exact_mut(area.width * PIXEL).zip(lines) {
            let place = self.start + y * self.bytes_per_line + area.left * PIXEL;
            self.file.read_exact_at(line, place as u64)?;
        }
        Ok(picture)
    }

    /// Whether there is nothing at all: no window, and none that is just going away.
    pub(super) fn is_bare(&self, area: Area) -> io::Result<bool> {
        let picture = self.picture(area)?;
        Ok(ink(&picture).is_empty())
    }

    /// Looks at an area until its picture stays, and tells how long after `began` it first stood there: the
    /// first time at which nineteen of twenty pixels that are not ground were as they are in the end.
    pub(super) fn first_whole(&self, area: Area, began: Instant) -> anyhow::Result<Duration> {
        let mut seen: Vec<(Instant, Picture)> = Vec::new();
        let mut changed = Instant::now();
        loop {
            let picture = self.picture(area)?;
            let now = Instant::now();
            match seen.last() {
                Some((_, last)) if *last == picture => {
                    if now - changed > SETTLED && ink(last).len() > SOME {
                        break;
                    }
                }
                _ => {
                    changed = now;
                    seen.push((now, picture));
                }
            }
            if now - began > LIMIT {
                bail!("nothing was on the screen after {} s", LIMIT.as_secs());
            }
            std::thread::sleep(LOOK);
        }
        let first = first_like_the_last(&seen).context("the screen was not looked at")?;
        Ok(first - began)
    }
}

fn colours(picture: &[u8]) -> impl Iterator<Item = Colour> {
    let pixels = picture.chunks_exact(PIXEL);
    pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]])
}

/// The pixels that are not ground: their places and colours. The ground is the colour that most of them have.
fn ink(picture: &[u8]) -> Vec<(usize, Colour)> {
    let mut times: HashMap<Colour, usize> = HashMap::new();
    for colour in colours(picture) {
        *times.entry(colour).or_default() += 1;
    }
    let ground = times
        .into_iter()
        .max_by_key(|(_, times)| *times)
        .map(|(colour, _)| colour);
    let all = colours(picture).enumerate();
    all.filter(|(_, colour)| Some(*colour) != ground).collect()
}

fn first_like_the_last(seen: &[(Instant, Picture)]) -> Option<Instant> {
    let (_, last) = seen.last()?;
    let all = ink(last);
    seen.iter()
        .find(|(_, picture)| {
            let there = all.iter().filter(|(place, colour)| {
                let at = place * PIXEL;
                picture.get(at..at + colour.len()) == Some(colour)
            });
            there.count() * 20 >= all.len() * ENOUGH_OF_20
        })
        .map(|(at, _)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_counts_when_its_text_is_there_and_not_when_its_ground_is() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let ground = vec![7; 1_000 * PIXEL];
        let mut text = ground.clone();
        text[..100 * PIXEL].fill(1);
        let mut late = text.clone();
        late[..PIXEL].fill(2);
        let seen = [
            (at(0), vec![0; 1_000 * PIXEL]),
            (at(10), ground),
            (at(20), text),
            (at(900), late),
        ];
        assert_eq!(first_like_the_last(&seen), Some(at(20)));
    }
}
