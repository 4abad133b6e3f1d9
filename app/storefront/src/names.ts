import { drawFor } from "./poster/seed.ts";

/** Short given names of many languages, without accents, so every font has them. */
const givenNames =
    "Ada Alma Amir Anouk Arlo Asha Bela Bruno Carla Cleo Dario Dina Elif Emil Esra Farid Fay Gia Hana Hugo Ida Ines Iris Ivo Jalal Jana Jonas Kemal Kira Lars Lea Luca Maja Mateo Mina Nadia Nils Noor Olga Omar Otto Pia Rafa Ravi Rosa Ruben Sami Selma Soren Tara Timo Uma Vera Wim Yara Yuki Zeno Zoe".split(
        " ",
    ) as [string, ...string[]];

/** Longest id that is shown as it is. */
const longestShown = 12;

/** An id for a narrow place: the end that differs most, of a UUID the beginning. */
export function shortId(viewer: string): string {
    const letters = [...viewer];
    if (letters.length <= longestShown) return viewer;
    return /^[\da-f-]+$/i.test(viewer) ? `${letters.slice(0, 8).join("")}…` : `…${letters.slice(-8).join("")}`;
}

/**
 * A given name made from a viewer's id, equal in each visit. Two ids may share one, so the page shows the id
 * beside it. An id without a digit reads as a name already, and a long one is not read at all: they get none.
 */
export function givenNameOf(viewer: string): string | undefined {
    if (!/\p{Nd}/u.test(viewer) || viewer.length > longestShown) return undefined;
    return drawFor(`name ${viewer}`).of(givenNames);
}
