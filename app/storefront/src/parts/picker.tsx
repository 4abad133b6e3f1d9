import type { Route } from "../route.ts";
import { Modal } from "./modal.tsx";
import { ViewerChoice } from "./viewer-choice.tsx";

/** Asks who is watching. */
export function Picker({ route, onClose }: { route: Route; onClose: () => void }) {
    return (
        <Modal class="sheet picker" labelledBy="picker-title" onClose={onClose}>
            <h2 id="picker-title">Who is watching?</h2>
            <ViewerChoice page={route.page} current={route.viewer} onChosen={onClose} />
        </Modal>
    );
}
