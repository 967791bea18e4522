/** A bar with words below it. Plain: a list has fifty of them, and each may change every few seconds. */

export function ProgressLine({ percent, label, words }: { percent: number; label: string; words: string }) {
  return (
    <div className="progress">
      <div className="progress-line" role="progressbar" aria-label={label} aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100}>
        <i style={{ inlineSize: `${percent}%` }} />
      </div>
      <div className="progress-words"><span className="numerals">{percent} %</span>{words && ` · ${words}`}</div>
    </div>
  );
}
