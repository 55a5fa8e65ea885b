//! What somebody who mistyped a name may have meant.

/// The candidates, in small letters, that resemble `word`, the likeliest first, at most three.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // Two words of these lists that have nothing to do with each other stay below it; a slip or two stays above.
    const ALIKE: f64 = 0.75;
    let word = word.to_lowercase();
    let mut scored: Vec<(f64, &str)> = candidates
        .into_iter()
        .map(|candidate| {
            let is_part = word.len() >= 3 && candidate.contains(&word);
            let score = strsim::jaro_winkler(&word, candidate);
            (if is_part { score.max(ALIKE) } else { score }, candidate)
        })
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const NAMES: [&str; 5] = ["keep-alive", "upgrade", "frames", "ping-pong", "request-response"];

    #[test]
    fn a_slip_of_the_finger_finds_its_name() {
        assert_eq!(nearest("keepalive", NAMES).first(), Some(&"keep-alive"));
        assert_eq!(nearest("upgarde", NAMES).first(), Some(&"upgrade"));
        assert_eq!(nearest("Frame", NAMES).first(), Some(&"frames"));
    }

    #[test]
    fn part_of_a_name_finds_it() {
        assert_eq!(nearest("alive", NAMES), ["keep-alive"]);
        assert_eq!(nearest("response", NAMES), ["request-response"]);
    }

    #[test]
    fn what_resembles_nothing_finds_nothing() {
        assert!(nearest("zzz", NAMES).is_empty());
        assert!(nearest("", NAMES).is_empty());
    }
}
