import { drawFor } from "./poster/seed.ts";

/** Short given names of many languages, without accents, so that every font can show them. */
const givenNames =
    "Ada Alma Amir Anouk Arlo Asha Bela Bruno Carla Cleo Dario Dina Elif Emil Esra Farid Fay Gia Hana Hugo Ida Ines Iris Ivo Jalal Jana Jonas Kemal Kira Lars Lea Luca Maja Mateo Mina Nadia Nils Noor Olga Omar Otto Pia Rafa Ravi Rosa Ruben Sami Selma Soren Tara Timo Uma Vera Wim Yara Yuki Zeno Zoe".split(
        " ",
    ) as [string, ...string[]];

/** Maximum length of an ID that the page shows unchanged. */
const longestShown = 12;

/** Shortens an ID to its most distinctive part: the beginning of a UUID, the end of any other ID. */
export function shortId(viewer: string): string {
    const letters = [...viewer];
    if (letters.length <= longestShown) return viewer;
    return /^[\da-f-]+$/i.test(viewer) ? `${letters.slice(0, 8).join("")}…` : `…${letters.slice(-8).join("")}`;
}

/**
 * Returns a given name for a viewer's ID, the same one at each visit. Two IDs may share a name, so the page shows the
 * ID beside it. Returns undefined for an ID without a digit, which already reads as a name, and for a long ID, which
 * nobody reads.
 */
export function chooseGivenName(viewer: string): string | undefined {
    if (!/\p{Nd}/u.test(viewer) || viewer.length > longestShown) return undefined;
    return drawFor(`name ${viewer}`).of(givenNames);
}
