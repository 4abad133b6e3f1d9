/**
 * Words for the stack's data. The hosting program writes them into `<html data-noun data-nouns data-events data-viewers
 * data-public-histories data-credits>`, from manifest and configuration.
 */
const {
    noun: one = "film",
    nouns: many = "films",
    events = '["Watch"]',
    viewers = "0",
    publicHistories: isPublic = "false",
    credits: source = "",
} = globalThis.document?.documentElement.dataset ?? {};

/** Whether items look like films, with drawn posters in portrait format. Other items have square tiles. */
export const hasPosters = one === "film" || one === "video";

/** Returns a text with a capital first letter. */
export const capital = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

const formsOf = (one: string, many: string) => ({ one, many, One: capital(one), Many: capital(many) });

/** The word for an item, such as "film" or "Products". */
export const noun = formsOf(one, many);

/** The words for a person and a category in the data, by the word for an item. */
const peopleAndCategories: Readonly<Record<string, readonly [person: string, category: string, categories: string]>> = {
    film: ["viewer", "genre", "genres"],
    video: ["viewer", "genre", "genres"],
    song: ["listener", "genre", "genres"],
    artist: ["listener", "genre", "genres"],
    book: ["reader", "genre", "genres"],
    game: ["player", "genre", "genres"],
    product: ["customer", "category", "categories"],
};
const [personNoun, categoryNoun, categoriesNoun] = peopleAndCategories[one] ?? ["user", "category", "categories"];

/** The word for a person in the data, such as "viewer" or "Customers". */
export const person = formsOf(personNoun, `${personNoun}s`);

/** The word for a category of items, such as "genre" or "Categories". */
export const category = formsOf(categoryNoun, categoriesNoun);

/** The page's name, such as "Book recommender". */
export const siteName = `${one === "film" ? "Movie" : noun.One} recommender`;

/** Number of viewers that the API's `/health` response lists. */
export const offeredCount = Number(viewers);

/** The data set that the page credits as its source; empty for the stack owner's own data. */
export const credits = source;

/** Whether the API shows the history of each viewer. */
export const publicHistories = isPublic === "true";

/** An action of a viewer, in three forms: the viewer may "watch" a film, "watched" it, and it was "watched". */
export interface Act {
    /** Event type of the action. */
    readonly type: string;
    readonly act: string;
    /** Text of the action's button. */
    readonly Act: string;
    readonly past: string;
    readonly done: string;
    /** Returns a sentence that says what the viewer did. The sentence begins with the viewer's name. */
    told(name: string): string;
}

/**
 * Verbs for event types: a pattern of event types, the verb, its past ("you chose"), its participle ("was chosen") if
 * that differs, and the words that follow the item: `AddToCart` gives "You added Heat to the cart".
 */
const verbs: readonly (readonly [types: RegExp, act: string, past: string, done?: string, after?: string])[] = [
    [/watch/i, "watch", "watched"],
    [/cart|basket/i, "add", "added", "added", " to the cart"],
    [/wish|save|bookmark/i, "save", "saved"],
    [/purchase|buy|order|transaction|checkout/i, "buy", "bought"],
    [/view|^pv$|detail|click|open/i, "view", "viewed"],
    [/borrow|loan/i, "borrow", "borrowed"],
    [/\brent/i, "rent", "rented"],
    [/listen|stream/i, "listen to", "listened to"],
    [/play/i, "play", "played"],
    [/read/i, "read", "read"],
    [/rat(e|ing)/i, "rate", "rated"],
    [/review/i, "review", "reviewed"],
    [/like|lov|fav/i, "like", "liked"],
];

const verbFor = (type: string) => verbs.find(([types]) => types.test(type));

/**
 * Returns the action for an event type. A type without a verb, or with the verb of a type before it, has its own word
 * from the data on the button, because the data may be in any language. In sentences, the viewer "chooses" this word.
 */
function actOf(type: string, place = 0, types: readonly string[] = []): Act {
    const verb = verbFor(type);
    if (verb === undefined || types.slice(0, place).some((other) => verbFor(other) === verb)) {
        const word = type.replace(/(?<=\p{Ll})(?=\p{Lu})|[_-]+/gu, " ").trim() || type;
        const told = (name: string) => `chose “${word}” for ${name}`;
        return { type, act: "choose", Act: capital(word), past: "chose", done: "chosen", told };
    }
    const [, act, past, done = past, after = ""] = verb;
    return {
        type,
        act: `${act}${after}`,
        Act: capital(`${act}${after}`),
        past: `${past}${after}`,
        done: `${done}${after}`,
        told: (name) => `${past} ${name}${after}`,
    };
}

const [first, ...others] = (JSON.parse(events) as readonly string[]).map(actOf);

/** The most frequent action in the data. */
export const usualAct = first ?? actOf("Watch");
/** The actions that the page offers, from the event types in the data, the most frequent first. */
export const acts: readonly Act[] = [usualAct, ...others];
export const { act, past, done } = usualAct;

/** The action that removes an item from the viewer's lists, because the default filter names its event type. */
export const refusal: Act = {
    type: "NotInterested",
    act: "refuse",
    Act: "Not interested",
    past: "refused",
    done: "refused",
    told: (name) => `are not interested in ${name}`,
};
