import type { ListedItem, ShownList } from "../../api/names.ts";
import { formatPrice } from "./price.ts";

/** What `view` and `choose` say about an item. */
export interface ItemDetail {
    readonly itemId: string;
    readonly recommendationId: string | undefined;
}

const headings: Readonly<Record<string, string>> = { "for-you": "For you", popular: "Popular", similar: "Similar" };

/** A constructed style sheet, because the policy of the host page may not allow inline styles. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
:host { display: block; font: inherit; }
:host([hidden]) { display: none; }
h2 { font-size: 1.25em; margin: 0 0 .5em; }
ul { display: flex; gap: 1em; list-style: none; margin: 0; overflow-x: auto; padding: 4px; }
li { flex: 0 0 10em; }
a, button { background: none; border: 0; color: inherit; cursor: pointer; display: block; font: inherit; padding: 0;
    text-align: start; text-decoration: none; width: 100%; }
a:focus-visible, button:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
img { aspect-ratio: 1; display: block; margin-bottom: .5em; object-fit: contain; width: 100%; }
[part~="title"] { display: block; font-weight: 600; overflow-wrap: anywhere; }
[part~="details"] { display: block; font-size: .875em; }
`);

/** The session of this browser tab. A page without storage gets a new one. */
function sessionId(): string {
    const key = "recommended-items-session";
    try {
        const known = sessionStorage.getItem(key) ?? crypto.randomUUID();
        sessionStorage.setItem(key, known);
        return known;
    } catch {
        return crypto.randomUUID();
    }
}

function create<Name extends keyof HTMLElementTagNameMap>(name: Name, part: string, text = "") {
    const element = document.createElement(name);
    element.setAttribute("part", part);
    element.textContent = text;
    return element;
}

/**
 * A row of recommended items: `<recommended-items api="https://…" viewer="22" list="for-you">`. docs/call-it.md
 * describes its attributes, parts and events. An API that does not answer leaves the element empty.
 */
class RecommendedItems extends HTMLElement {
    static readonly observedAttributes = ["api", "viewer", "list", "item", "count", "heading", "filter", "href"];
    #token: string | undefined;
    #since = 0;
    #loads = 0;
    #isQueued = false;
    #seen: IntersectionObserver | undefined;

    constructor() {
        super();
        this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    }

    /** The viewer's token. It is a property, because an attribute would put it into the document. */
    set token(token: string | undefined) {
        this.#token = token;
        this.#queue();
    }

    connectedCallback(): void {
        this.#queue();
    }

    disconnectedCallback(): void {
        this.#seen?.disconnect();
    }

    attributeChangedCallback(name: string): void {
        // A revision belongs to one viewer.
        if (name === "viewer") this.#since = 0;
        this.#queue();
    }

    /** Loads the list once after all attributes of a change are set. */
    #queue(): void {
        if (this.#isQueued) return;
        this.#isQueued = true;
        queueMicrotask(() => {
            this.#isQueued = false;
            if (this.isConnected) void this.#load();
        });
    }

    get #list(): string {
        return this.getAttribute("list") ?? "for-you";
    }

    #path(): string | undefined {
        const id = (name: string) => {
            const value = this.getAttribute(name);
            return value === null || value === "" ? undefined : encodeURIComponent(value);
        };
        const query = new URLSearchParams({ numResults: this.getAttribute("count") ?? "10" });
        const filter = this.getAttribute("filter");
        if (filter !== null) query.set("filter", filter);
        if (this.#list === "popular") return `popular?${query}`;
        if (this.#list === "similar") return id("item") && `similar/${id("item")}?${query}`;
        if (this.#since > 0) query.set("since", String(this.#since));
        return id("viewer") && `recommendations/${id("viewer")}?${query}`;
    }

    async #call(path: string, init: RequestInit = {}) {
        const response = await fetch(`${(this.getAttribute("api") ?? "").replace(/\/$/, "")}/${path}`, {
            ...init,
            headers: { ...init.headers, ...(this.#token && { authorization: `Bearer ${this.#token}` }) },
        });
        const body = await response.json().catch(() => ({}));
        if (!response.ok) throw new Error(`${response.status} ${body.title ?? ""} ${body.detail ?? ""}`.trim());
        return body;
    }

    async #load(): Promise<void> {
        const path = this.#path();
        const load = ++this.#loads;
        this.setAttribute("aria-busy", "true");
        const list: ShownList | undefined = path === undefined ? undefined : await this.#try(() => this.#call(path));
        // A later change of an attribute started another load.
        if (load !== this.#loads) return;
        this.removeAttribute("aria-busy");
        this.#render(list);
    }

    /** Returns what the work returns; after a failure undefined, with an event `failure` for the host page. */
    async #try<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
        try {
            return await work();
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            this.dispatchEvent(new CustomEvent("failure", { detail: { message } }));
            return undefined;
        }
    }

    #controls(): HTMLElement[] {
        return [...(this.shadowRoot?.querySelectorAll<HTMLElement>('[part="link"]') ?? [])];
    }

    #render(list: ShownList | undefined): void {
        this.#seen?.disconnect();
        const focused = this.#controls().indexOf(this.shadowRoot?.activeElement as HTMLElement);
        const items = list?.items ?? [];
        if (items.length === 0) {
            this.shadowRoot?.replaceChildren();
            return;
        }
        const section = create("section", "section");
        const heading = create("h2", "heading", this.getAttribute("heading") ?? headings[this.#list]);
        const row = create("ul", "items");
        // Safari does not announce a list without markers as a list.
        row.setAttribute("role", "list");
        heading.id = "heading";
        section.setAttribute("aria-labelledby", heading.id);
        section.append(heading, row);
        this.#seen = new IntersectionObserver((entries, observer) => {
            const visible = entries.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target);
            for (const target of visible) observer.unobserve(target);
            const seen = visible.flatMap((target) => details.get(target) ?? []);
            if (seen.length > 0) this.#tell("view", seen);
        });
        const details = new Map<Element, ItemDetail>();
        for (const item of items) {
            const detail = { itemId: item.itemId, recommendationId: list?.recommendationId };
            const cell = this.#cell(item, detail);
            details.set(cell, detail);
            row.append(cell);
            this.#seen.observe(cell);
        }
        this.shadowRoot?.replaceChildren(section);
        // After a choice, the focus stays at its place in the new list.
        if (focused >= 0) this.#controls()[Math.min(focused, items.length - 1)]?.focus();
    }

    #cell(item: ListedItem, detail: ItemDetail): HTMLLIElement {
        const cell = create("li", "item");
        const href = this.getAttribute("href")?.replaceAll("{id}", encodeURIComponent(item.itemId));
        const control = create(href === undefined ? "button" : "a", "link");
        if (control instanceof HTMLAnchorElement && href !== undefined) control.href = href;
        else control.setAttribute("type", "button");
        if (item.image !== undefined) {
            const image = create("img", "image");
            Object.assign(image, { src: item.image, alt: "", loading: "lazy" });
            control.append(image);
        }
        const facts = [
            item.promoted && "Promoted",
            formatPrice(item),
            item.brand,
            item.genres.slice(0, 2).join(", "),
            item.year ?? undefined,
        ];
        control.append(
            create("span", "title", item.title),
            create("span", "details", facts.filter(Boolean).join(" · ")),
        );
        control.addEventListener("click", () => this.#tell("choose", [detail]));
        cell.append(control);
        return cell;
    }

    /** Tells the host page of items, and records an event of each one if the element names the event's type. */
    #tell(name: "view" | "choose", details: readonly ItemDetail[]): void {
        for (const detail of details)
            this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
        const eventType = this.getAttribute(`${name}-type`);
        const userId = this.getAttribute("viewer");
        if (!eventType || !userId) return;
        void this.#try(async () => {
            for (let from = 0; from < details.length; from += mostEvents) {
                const events = details.slice(from, from + mostEvents).map((detail) => ({ ...detail, eventType }));
                const { revision } = await this.#call("events", {
                    method: "POST",
                    headers: { "content-type": "application/json" },
                    body: JSON.stringify({ userId, sessionId: sessionId(), events }),
                    // The host page may leave for the item's page.
                    keepalive: true,
                });
                this.#since = revision;
            }
            if (name === "choose" && this.#list === "for-you") this.#queue();
        });
    }
}

/** Maximum number of events of a request. */
const mostEvents = 10;

if (!customElements.get("recommended-items")) customElements.define("recommended-items", RecommendedItems);
