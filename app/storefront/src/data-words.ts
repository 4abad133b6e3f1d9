/**
 * The words for the stack's data. The hosting program writes them into `<html data-noun data-nouns data-event
 * data-viewers data-public-histories data-credits>`, from manifest and configuration.
 */
const {
    noun = "film",
    nouns = "films",
    event = "Watch",
    viewers = "[]",
    publicHistories: isPublic = "false",
    credits: source = "",
} = globalThis.document?.documentElement.dataset ?? {};

/** A text with a capital first letter. */
export const capital = (word: string) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** An item, as "film" or "Products". */
export const item = { one: noun, many: nouns, One: capital(noun), Many: capital(nouns) };

/** A person and a category in the words of the data, by the item's noun. */
const peopleAndCategories: Readonly<Record<string, readonly [person: string, category: string, categories: string]>> = {
    film: ["viewer", "genre", "genres"],
    video: ["viewer", "genre", "genres"],
    song: ["listener", "genre", "genres"],
    artist: ["listener", "genre", "genres"],
    book: ["reader", "genre", "genres"],
    game: ["player", "genre", "genres"],
    product: ["customer", "category", "categories"],
};
const [personNoun, categoryNoun, categoriesNoun] = peopleAndCategories[noun] ?? ["user", "category", "categories"];

/** A person of the data, as "viewer" or "Customers". */
export const person = { one: personNoun, many: `${personNoun}s`, One: capital(personNoun) };

/** A category of items, as "genre" or "Categories". */
export const category = {
    one: categoryNoun,
    many: categoriesNoun,
    One: capital(categoryNoun),
    Many: capital(categoriesNoun),
};

/** The page's name, such as "Book recommender". */
export const siteName = `${noun === "film" ? "Movie" : item.One} recommender`;

/** The type of the events that the page sends. */
export const eventType = event;

/** Ids of viewers that the page offers. */
export const someViewers = JSON.parse(viewers) as readonly string[];

/** The data set to credit; empty for data of the owner. */
export const credits = source;

/** Whether the API shows each viewer's history. */
export const publicHistories = isPublic === "true";

/** A viewer's act: "Watch" a film, the viewer "watched" it, it was "watched". */
interface Act {
    readonly act: string;
    readonly Act: string;
    readonly past: string;
    readonly done: string;
}

/** Event types by parts of their names, and the verb's forms. */
const verbs: readonly (readonly [types: RegExp, act: string, past: string, done?: string])[] = [
    [/watch/i, "watch", "watched"],
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

/** The verb of an event type; "choose" for an unknown one. */
export function actOf(type: string): Act {
    const [, act, past, done = past] = verbs.find(([types]) => types.test(type)) ?? [/./, "choose", "chose", "chosen"];
    return { act, Act: capital(act), past, done };
}

export const { act, Act, past, done } = actOf(eventType);
export const Done = capital(done);
