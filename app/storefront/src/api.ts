import type { EventsAnswer, EventsRequest, Problem } from "../../api/names.ts";
import { askForToken, authorization, onSignIn } from "./sign-in.ts";
import { noted } from "./visit.ts";

/** A response of the API, with the request that caused it. */
export interface Answered<Value> {
    readonly value: Value;
    /** Time from the call to the complete answer, measured by the browser. */
    readonly ms: number;
    readonly url: string;
}

/** The error if the API did not answer, or answered with an error. The message is for viewers. */
export class ApiError extends Error {
    override readonly name = "ApiError";
    readonly requestId: string | undefined;
    constructor(message: string, requestId?: string) {
        super(message);
        this.requestId = requestId;
    }
}

/** Maximum age in milliseconds of a prefetched response that the page uses like a new response. */
const prefetchedMs = 30_000;
const timeoutMs = 15_000;
const prefetched = new Map<string, { readonly at: number; readonly answer: Promise<Answered<unknown>> }>();

// After a sign-in, prefetched responses are invalid: they belong to another viewer or to none.
onSignIn(() => prefetched.clear());

/** Returns the API's address, relative to the document. The hosting program writes it into `<html data-api>`. */
const baseUrl = () => new URL(`${document.documentElement.dataset.api ?? "api"}/`, document.baseURI);

/**
 * Requests `path`, for example `popular?numResults=20`, or uses a prefetched answer. `fresh` bypasses the browser's
 * cache. Throws ApiError.
 */
export function get<Value>(path: string, fresh = false): Promise<Answered<Value>> {
    if (fresh) return ask<Value>(path, { cache: "no-cache" });
    const early = prefetched.get(path);
    prefetched.delete(path);
    if (early !== undefined && performance.now() - early.at < prefetchedMs) {
        return early.answer as Promise<Answered<Value>>;
    }
    return ask<Value>(path);
}

/** Requests a response that the viewer will probably need. Requests it only once, and not in data-saving mode. */
export function prefetch(path: string): void {
    const { connection }: Navigator & { connection?: { saveData?: boolean } } = navigator;
    const cached = prefetched.get(path);
    if (connection?.saveData || (cached !== undefined && performance.now() - cached.at < prefetchedMs)) return;
    const answer = ask(path);
    // Ignore the error here. A caller of `get` receives the same error.
    answer.catch(() => prefetched.delete(path));
    prefetched.set(path, { at: performance.now(), answer });
}

/** Sends events of a viewer. Throws ApiError. */
export const putEvents = (request: EventsRequest): Promise<Answered<EventsAnswer>> =>
    ask<EventsAnswer>("events", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
    });

/** Longest wait in seconds before the page repeats a throttled request. A viewer does not wait longer for a page. */
const longestWait = 5;

/** Requests `path`. Repeats the request once if the API is throttled for some seconds. Throws ApiError. */
async function ask<Value>(path: string, init: RequestInit = {}, isFirst = true): Promise<Answered<Value>> {
    const url = new URL(path, baseUrl()).href;
    const began = performance.now();
    let response: Response;
    let text: string;
    try {
        const headers = { ...init.headers, ...authorization() };
        response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(timeoutMs) });
        text = await response.text();
    } catch (error) {
        throw new ApiError(wordsFor(error));
    }
    const ms = performance.now() - began;
    if (response.status === 401) askForToken();
    const wait = secondsUntilNext(response);
    if (isFirst && wait <= longestWait) {
        await new Promise((done) => setTimeout(done, wait * 1000));
        return ask(path, init, false);
    }
    if (!response.ok) throw problemOf(response, text);
    let value: Value;
    try {
        value = JSON.parse(text) as Value;
    } catch {
        throw new ApiError("This page cannot read the response of the API.", requestIdOf(response));
    }
    noted({ path, ms, source: (value as { source?: string }).source });
    return { value, ms, url };
}

/** Returns the seconds after which the API accepts a throttled request again; NaN if it is not throttled. */
function secondsUntilNext({ status, headers }: Response): number {
    const isThrottled = status === 429 || status === 503;
    return isThrottled ? Number(headers.get("retry-after") ?? Number.NaN) : Number.NaN;
}

function wordsFor(error: unknown): string {
    if (!navigator.onLine) return "You are offline.";
    const late = error instanceof DOMException && error.name === "TimeoutError";
    return late ? `The API did not answer within ${timeoutMs / 1000} seconds.` : "The API cannot be reached.";
}

function problemOf(response: Response, text: string): ApiError {
    try {
        const problem = JSON.parse(text) as Partial<Problem>;
        const words = problem.detail ?? problem.title;
        if (words !== undefined) return new ApiError(words, problem.requestId ?? requestIdOf(response));
    } catch {
        // A proxy between page and API sent this response, so report its status only.
    }
    const words =
        response.status === 429 ? "Too many requests. Try again later." : `The API answered ${response.status}.`;
    return new ApiError(words, requestIdOf(response));
}

const requestIdOf = ({ headers }: Response) =>
    headers.get("x-request-id") ?? headers.get("x-amzn-requestid") ?? undefined;

/** Returns the curl command that sends a GET request to a URL. */
export const curlFor = (url: string) => `curl '${url.replaceAll("'", "%27")}'`;

/** Number of items in a row. */
export const rowLength = 20;

/** Number of items in a page of a history. */
const historyLength = 50;

const query = (values: Record<string, string | number | undefined>) =>
    new URLSearchParams(
        Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
    ).toString();

/** Returns the path of a viewer's list. `since` is the revision from the answer to the viewer's last event. */
export const picksPath = (viewer: string, since?: number) =>
    `recommendations/${encodeURIComponent(viewer)}?${query({ numResults: rowLength, since })}`;

/**
 * Returns the path of a page of a history. `nextToken` is from the page before; without it, the page has the newest
 * items.
 */
export const historyPath = (viewer: string, nextToken?: string) =>
    `history/${encodeURIComponent(viewer)}?${query({ limit: historyLength, nextToken })}`;

export const similarPath = (itemId: string) =>
    `similar/${encodeURIComponent(itemId)}?${query({ numResults: rowLength })}`;

export const popularPath = (genre?: string) => `popular?${query({ genre: genre || undefined, numResults: rowLength })}`;

export const trendingPath = `trending?${query({ numResults: rowLength })}`;

export const latestPath = `latest?${query({ numResults: rowLength })}`;

/** Returns the path of a search for items by words of their titles. */
export const searchPath = (words: string) => `items?${query({ query: words, numResults: rowLength })}`;

export const itemPath = (itemId: string) => `items/${encodeURIComponent(itemId)}`;
