import { type Act, acts } from "../data-words.ts";
import { Icon } from "./icons.tsx";

interface ActsProps {
    /** Whether the viewer has done the usual act in this visit. */
    readonly again?: boolean;
    onAct(act: Act): void;
}

/** A button for each act of the data; the most frequent one is the primary one. */
export const Acts = ({ again = false, onAct }: ActsProps) => (
    <>
        {acts.map((act, place) => (
            <button
                key={act.type}
                type="button"
                class={`button ${place === 0 ? "primary" : "over"}`}
                onClick={() => onAct(act)}
            >
                {act.type === "Watch" && <Icon name="play" />}
                {act.Act}
                {again && place === 0 && " again"}
            </button>
        ))}
    </>
);
