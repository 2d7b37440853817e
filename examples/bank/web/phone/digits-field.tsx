import { useId, type ReactNode } from 'react';

interface DigitsFieldProps {
  readonly count: number;
  readonly value: string;
  readonly onValue: (digits: string) => void;
  readonly isWrong: boolean;
}

/** One field, drawn as a box for each digit: it is typed, pasted and read aloud as one. */
export function DigitsField({ count, value, onValue, isWrong }: DigitsFieldProps): ReactNode {
  const id = useId();
  return (
    <div className="digits">
      <label htmlFor={id}>Type the {count} digits from the bank’s screen</label>
      <div className="boxes">
        <input
          id={id}
          inputMode="numeric"
          autoComplete="off"
          pattern="[0-9]*"
          maxLength={count}
          required
          value={value}
          aria-invalid={isWrong}
          onChange={({ target }) => onValue(target.value.replaceAll(/\D/g, '').slice(0, count))}
        />
        {Array.from({ length: count }, (_, place) => (
          <span key={place} aria-hidden="true" data-next={place === Math.min(value.length, count - 1)}>
            {value[place]}
          </span>
        ))}
      </div>
    </div>
  );
}
