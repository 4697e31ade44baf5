/// Returns the candidate that is most similar to `wrong`, for "did you mean …?".
///
/// ```
/// use seaworthy::mongo::nearest;
///
/// assert_eq!(nearest("max_pol_size", ["max_pool_size", "min_pool_size"]), Some("max_pool_size"));
/// assert_eq!(nearest("zzz", ["max_pool_size"]), None);
/// ```
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace('_', "");
    let folded = fold(wrong);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&folded, &fold(candidate)),
                candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(wrong.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
