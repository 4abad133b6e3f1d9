import { type Act, acts } from "../data-words.ts";
import { Icon } from "./icons.tsx";

interface ActsProps {
    /** Whether the viewer has already performed the main action (such as "watch") in this visit. */
    readonly again?: boolean;
    onAct(act: Act): void;
}

/** Renders a button for each action in the data. The most frequent action has the primary button. */
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
