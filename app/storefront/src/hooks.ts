import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Answered, ApiError, get } from "./api.ts";
import { parseRoute, type Route } from "./route.ts";

/** State of a request to the API. It keeps the previous answer during a reload. */
export interface Asked<Value> {
    readonly answered: Answered<Value> | undefined;
    readonly error: ApiError | undefined;
    readonly loading: boolean;
    again(): void;
}

/** Requests `path`, and requests it again when it changes. Ignores answers for earlier paths. */
export function useAnswer<Value>(path: string | undefined): Asked<Value> {
    const [turn, setTurn] = useState(0);
    const [state, setState] = useState<Omit<Asked<Value>, "again"> & { readonly path: string | undefined }>({
        path,
        answered: undefined,
        error: undefined,
        loading: path !== undefined,
    });
    // A new value of `turn` repeats the request.
    useEffect(() => {
        if (path === undefined) return;
        let current = true;
        // Keep the state object of the first render, because a new object would render the row again.
        setState((state) =>
            state.path === path && state.loading
                ? state
                : { path, answered: state.answered, error: undefined, loading: true },
        );
        get<Value>(path, turn > 0).then(
            (answered) => current && setState({ path, answered, error: undefined, loading: false }),
            (error: unknown) =>
                current &&
                setState(({ answered }) => ({
                    path,
                    answered,
                    error: error instanceof ApiError ? error : new ApiError(String(error)),
                    loading: false,
                })),
        );
        return () => {
            current = false;
        };
    }, [path, turn]);
    const again = useCallback(() => setTurn((before) => before + 1), []);
    const { answered, error, loading } = state;
    // Until the effect has run, `state` still belongs to the previous path.
    return state.path === path
        ? { answered, error, loading, again }
        : { answered, error: undefined, loading: path !== undefined, again };
}

/** Returns the value once it has not changed for `ms` milliseconds. */
export function useSettled<Value>(value: Value, ms: number): Value {
    const [settled, setSettled] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(() => value), ms);
        return () => clearTimeout(timer);
    }, [value, ms]);
    return settled;
}

/** Calls `again` every `seconds` while the tab is visible, and when the viewer returns to the tab. */
export function useRefresh(again: () => void, seconds: number): void {
    useEffect(() => {
        const look = () => {
            if (document.visibilityState === "visible") again();
        };
        const timer = setInterval(look, seconds * 1000);
        document.addEventListener("visibilitychange", look);
        return () => {
            clearInterval(timer);
            document.removeEventListener("visibilitychange", look);
        };
    }, [again, seconds]);
}

/**
 * Intersection observers by margin. All elements with the same margin share one observer: an observer for each element
 * would cost a page of posters 10 ms.
 */
const waiting = new Map<string, { readonly observer: IntersectionObserver; readonly near: Map<Element, () => void> }>();

function ensureObserver(margin: string) {
    const existing = waiting.get(margin);
    if (existing !== undefined) return existing;
    const near = new Map<Element, () => void>();
    const observer = new IntersectionObserver(
        (entries) => {
            for (const { isIntersecting, target } of entries) if (isIntersecting) near.get(target)?.();
        },
        { rootMargin: margin },
    );
    waiting.set(margin, { observer, near });
    return { observer, near };
}

/** Returns whether an element is or was in the visible area, or at most `margin` (a CSS length) away from it. */
export function useNear(element: RefObject<HTMLElement | null>, margin = "200px"): boolean {
    const [isNear, setNear] = useState(false);
    useEffect(() => {
        const { current } = element;
        if (isNear || current === null) return;
        const { observer, near } = ensureObserver(margin);
        near.set(current, () => setNear(true));
        observer.observe(current);
        return () => {
            observer.unobserve(current);
            near.delete(current);
        };
    }, [isNear, margin]);
    return isNear;
}

/** Returns what `read` returns, and reads it again after each of the events. */
function useEventValue<Value>(target: EventTarget, events: readonly string[], read: () => Value): Value {
    const [value, setValue] = useState(read);
    useEffect(() => {
        const update = () => setValue(read);
        for (const event of events) target.addEventListener(event, update);
        return () => {
            for (const event of events) target.removeEventListener(event, update);
        };
    }, []);
    return value;
}

/** Returns the route in the address bar. */
export const useRoute = (): Route => useEventValue(window, ["hashchange"], () => parseRoute(location.hash));

export const useOnline = (): boolean => useEventValue(window, ["online", "offline"], () => navigator.onLine);

/** Returns whether the window matches a media query, which must not change between renderings. */
export function useMedia(query: string): boolean {
    const list = useMemo(() => matchMedia(query), []);
    return useEventValue(list, ["change"], () => list.matches);
}

/** Checks whether the viewer prefers no motion (`prefers-reduced-motion`). */
export const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const easing = "cubic-bezier(.2, .8, .2, 1)";

/**
 * Animates the children of a list from their old to their new places whenever `order` changes (first, last, invert,
 * play). New children fade in. The attribute `data-item` identifies children.
 */
export function useGlide(list: RefObject<HTMLElement | null>, order: string): void {
    const last = useRef(order);
    // Read the items' old positions only before a change of the order: reading them at each first render would force a
    // layout of the page.
    const before = new Map(
        last.current === order ? [] : measurePlaces(list.current).map(({ item, left }) => [item, left]),
    );
    useLayoutEffect(() => {
        last.current = order;
        if (before.size === 0 || calmMotion()) return;
        for (const { item, left, child } of measurePlaces(list.current)) {
            const was = before.get(item);
            if (was === undefined) {
                child.animate([{ opacity: 0, transform: "translateY(14px) scale(.94)" }, {}], {
                    duration: 520,
                    delay: 220,
                    easing,
                    fill: "backwards",
                });
            } else if (was !== left) {
                child.animate([{ transform: `translateX(${was - left}px)` }, {}], { duration: 700, easing });
            }
        }
    }, [order]);
}

const measurePlaces = (list: HTMLElement | null) =>
    [...(list?.querySelectorAll<HTMLElement>(":scope > [data-item]") ?? [])].map((child) => ({
        item: child.dataset.item ?? "",
        left: child.offsetLeft,
        child,
    }));

/**
 * Keeps the keyboard focus on a button when its list is reordered. If the button disappears, moves the focus to the
 * button that is now in its position.
 */
export function useKeptFocus(list: RefObject<HTMLElement | null>, order: string): void {
    const buttons = () => [...(list.current?.querySelectorAll("button") ?? [])];
    // Read which button has the focus before the change, because the change removes the button from the document.
    const before = buttons();
    const place = before.indexOf(document.activeElement as HTMLButtonElement);
    useLayoutEffect(() => {
        const focused = before[place];
        if (focused === undefined || list.current?.contains(document.activeElement)) return;
        const now = buttons();
        const next = now.includes(focused) ? focused : now[Math.min(place, now.length - 1)];
        next?.focus({ preventScroll: true });
    }, [order]);
}
