import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./icons.tsx";

interface ModalProps {
    readonly class: string;
    /** ID of the dialog's heading. */
    readonly labelledBy: string;
    onClose(): void;
    readonly children: ComponentChildren;
}

/**
 * Renders the browser's own `<dialog>`, open as long as this component is rendered. The dialog keeps the focus inside,
 * closes on Escape or a click outside, and returns the focus to the element that had it before.
 */
export function Modal({ class: name, labelledBy, onClose, children }: ModalProps) {
    const dialog = useRef<HTMLDialogElement>(null);
    useLayoutEffect(() => {
        const shown = dialog.current;
        shown?.showModal();
        return () => shown?.close();
    }, []);
    return (
        // biome-ignore lint/a11y/useKeyWithClickEvents: in the browser, the Escape key closes a dialog
        <dialog
            ref={dialog}
            class={name}
            aria-labelledby={labelledBy}
            onCancel={(event) => {
                event.preventDefault();
                onClose();
            }}
            onClick={(event) => event.target === dialog.current && onClose()}
        >
            <div class="within">
                <button type="button" class="round close" onClick={onClose} aria-label="Close">
                    <Icon name="close" />
                </button>
                {children}
            </div>
        </dialog>
    );
}
