import type { FormValues } from '../../store/lp-form-labels.ts';
import type { Difference } from '../../store/lp-form-merge.ts';

interface DifferencesProps {
  readonly differences: readonly Difference[];
  readonly values: FormValues;
  onTake(path: string, value: string): void;
}

/** What somebody else has saved meanwhile, field by field, and which of the two is in the form now. */
export function Differences({ differences, values, onTake }: DifferencesProps) {
  return (
    <table className="plain differences" aria-label="Changed meanwhile" data-testid="differences">
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Saved meanwhile</th>
          <th scope="col">Typed here</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ path, label, mine, theirs }) => (
          <tr key={path}>
            <th scope="row">{label}</th>
            {[
              { words: 'Take theirs', value: theirs },
              { words: 'Keep mine', value: mine },
            ].map(({ words, value }) => (
              <td key={words}>
                <button
                  type="button"
                  className="toggle"
                  aria-label={`${words}: ${label}`}
                  aria-pressed={values[path] === value}
                  onClick={() => onTake(path, value)}
                >
                  {words}
                </button>{' '}
                {value === '' ? <span className="none">–</span> : value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
