import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Answered, ApiError, get } from "./api.ts";
import { parseRoute, type Route } from "./route.ts";

/** State of an answer. The previous answer stays during a reload. */
export interface Asked<Value> {
    readonly answered: Answered<Value> | undefined;
    readonly error: ApiError | undefined;
    readonly loading: boolean;
    again(): void;
}

/** Requests `path`, and again when it changes; ignores answers for earlier paths. */
export function useAnswer<Value>(path: string | undefined): Asked<Value> {
    const [turn, setTurn] = useState(0);
    const [state, setState] = useState<Omit<Asked<Value>, "again"> & { readonly path: string | undefined }>({
        path,
        answered: undefined,
        error: undefined,
        loading: path !== undefined,
    });
    // A new turn repeats the request.
    useEffect(() => {
        if (path === undefined) return;
        let current = true;
        setState(({ answered }) => ({ path, answered, error: undefined, loading: true }));
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
    // The state of an earlier path is there until the effect runs.
    return state.path === path
        ? { answered, error, loading, again }
        : { answered, error: undefined, loading: path !== undefined, again };
}

/** The value, once it has not changed for `ms`. */
export function useSettled<Value>(value: Value, ms: number): Value {
    const [settled, setSettled] = useState(value);
    useEffect(() => {
        const timer = setTimeout(() => setSettled(() => value), ms);
        return () => clearTimeout(timer);
    }, [value, ms]);
    return settled;
}

/** Repeats every `seconds` while the tab is visible, and when the viewer returns to it. */
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

/** Whether an element is, or has been, at most `margin` away from the view, a length of CSS. */
export function useNear(element: RefObject<HTMLElement | null>, margin = "200px"): boolean {
    const [isNear, setNear] = useState(false);
    useEffect(() => {
        if (isNear || element.current === null) return;
        const observer = new IntersectionObserver(
            (entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true),
            { rootMargin: margin },
        );
        observer.observe(element.current);
        return () => observer.disconnect();
    }, [isNear, margin]);
    return isNear;
}

/** The route of the address bar. */
export function useRoute(): Route {
    const [route, setRoute] = useState(() => parseRoute(location.hash));
    useEffect(() => {
        const read = () => setRoute(parseRoute(location.hash));
        addEventListener("hashchange", read);
        return () => removeEventListener("hashchange", read);
    }, []);
    return route;
}

/** Whether the window matches a media query. */
export function useMedia(query: string): boolean {
    const [matches, setMatches] = useState(() => matchMedia(query).matches);
    useEffect(() => {
        const list = matchMedia(query);
        const read = () => setMatches(list.matches);
        read();
        list.addEventListener("change", read);
        return () => list.removeEventListener("change", read);
    }, [query]);
    return matches;
}

export function useOnline(): boolean {
    const [online, setOnline] = useState(navigator.onLine);
    useEffect(() => {
        const read = () => setOnline(navigator.onLine);
        addEventListener("online", read);
        addEventListener("offline", read);
        return () => {
            removeEventListener("online", read);
            removeEventListener("offline", read);
        };
    }, []);
    return online;
}

/** Whether the viewer wants no motion. */
export const calmMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const easing = "cubic-bezier(.2, .8, .2, 1)";

/**
 * Animates the children of a list from their old to their new places whenever `order` changes (first, last, invert,
 * play). New ones fade in. `data-item` identifies children.
 */
export function useGlide(list: RefObject<HTMLElement | null>, order: string): void {
    const places = useRef(new Map<string, number>());
    useLayoutEffect(() => {
        const before = places.current;
        const now = new Map<string, number>();
        for (const child of list.current?.querySelectorAll<HTMLElement>(":scope > [data-item]") ?? []) {
            const item = child.dataset.item ?? "";
            now.set(item, child.offsetLeft);
            if (before.size === 0 || calmMotion()) continue;
            const was = before.get(item);
            if (was === undefined) {
                child.animate([{ opacity: 0, transform: "translateY(14px) scale(.94)" }, {}], {
                    duration: 520,
                    delay: 220,
                    easing,
                    fill: "backwards",
                });
            } else if (was !== child.offsetLeft) {
                child.animate([{ transform: `translateX(${was - child.offsetLeft}px)` }, {}], {
                    duration: 700,
                    easing,
                });
            }
        }
        places.current = now;
    }, [order]);
}

/** The focus stays on a moved button of a list. If it disappears, the focus moves to the button in its place. */
export function useKeptFocus(list: RefObject<HTMLElement | null>, order: string): void {
    const buttons = () => [...(list.current?.querySelectorAll("button") ?? [])];
    // Only before the change the document knows the focused button.
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
