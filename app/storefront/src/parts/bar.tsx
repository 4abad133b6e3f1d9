interface BarProps {
    /** The filled part of the bar, from 0 to 1. */
    readonly part: number;
    /** Text for screen readers; without it, they skip the bar. */
    readonly label?: string;
}

/** Renders a horizontal bar. */
export const Bar = ({ part, label }: BarProps) => (
    <svg
        class="bar"
        viewBox="0 0 100 6"
        preserveAspectRatio="none"
        role={label === undefined ? undefined : "img"}
        aria-label={label}
        aria-hidden={label === undefined}
    >
        <rect class="bar-rail" width="100" height="6" />
        <rect class="bar-fill" width={part * 100} height="6" />
    </svg>
);
