/** A bar with words below it. Plain: a list has fifty of them, and each may change every few seconds. */

export function ProgressLine({ percent, label, words }: { percent: number; label: string; words: string }) {
  const shown = Math.min(100, Math.max(0, percent));
  return (
    <div className="progress">
      <div className="progress-line" role="progressbar" aria-label={label} aria-valuenow={shown} aria-valuemin={0} aria-valuemax={100}>
        <i style={{ inlineSize: `${shown}%` }} />
      </div>
      <div className="progress-words"><span className="numerals">{shown} %</span>{words && ` · ${words}`}</div>
    </div>
  );
}
