const drawings = {
    close: "M6 6l12 12M18 6L6 18",
    code: "M9 7l-5 5 5 5M15 7l5 5-5 5",
    left: "M15 5l-7 7 7 7",
    moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
    person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6",
    play: "M8 5.500v13l11-6.500z",
    right: "M9 5l7 7-7 7",
    search: "M10.500 17.500a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM15.700 15.700L20.500 20.500",
    seen: "M5 12.500l4.5 4.500L19 7.5",
    sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2.200M12 19.300v2.200M2.5 12h2.200M19.3 12h2.200M5.3 5.300l1.5 1.500M17.2 17.200l1.5 1.500M5.3 18.700l1.5-1.500M17.2 6.800l1.5-1.5",
} as const;

/** Renders a decorative icon beside a text. */
export const Icon = ({ name }: { name: keyof typeof drawings }) => (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
        <path d={drawings[name]} />
    </svg>
);

interface BarProps {
    /** The filled part of the bar, from 0 to 1. */
    readonly part: number;
    /** Text for screen readers; without it, they skip the bar. */
    readonly label?: string;
}

interface BarsProps {
    /** ID of the heading. */
    readonly labelledBy: string;
    /** The lines: a name, the filled part of its bar, and its value in words; without a value, there is no bar. */
    readonly lines: readonly (readonly [name: string, part: number, words: string | undefined])[];
}

/** Renders names with bars, as a numbered list. */
export const Bars = ({ labelledBy, lines }: BarsProps) => (
    <ol class="scores" aria-labelledby={labelledBy}>
        {lines.map(([name, part, words], place) => (
            <li key={place}>
                <span class="cut">{name}</span>
                {words !== undefined && (
                    <>
                        <Bar part={part} />
                        <span class="score soft fine digits">{words}</span>
                    </>
                )}
            </li>
        ))}
    </ol>
);

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
