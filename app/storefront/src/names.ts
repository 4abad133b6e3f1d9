import { drawFor } from "./poster/seed.ts";

/** Short given names of many languages, without accents, so every font has them. */
const givenNames =
    "Ada Alma Amir Anouk Arlo Asha Bela Bruno Carla Cleo Dario Dina Elif Emil Esra Farid Fay Gia Hana Hugo Ida Ines Iris Ivo Jalal Jana Jonas Kemal Kira Lars Lea Luca Maja Mateo Mina Nadia Nils Noor Olga Omar Otto Pia Rafa Ravi Rosa Ruben Sami Selma Soren Tara Timo Uma Vera Wim Yara Yuki Zeno Zoe".split(
        " ",
    ) as [string, ...string[]];

/**
 * A given name made from a viewer's id, equal in each visit. Two ids may share one, so the page shows the id
 * beside it. An id without a digit reads as a name already, and gets none.
 */
export function givenNameOf(viewer: string): string | undefined {
    if (!/\p{Nd}/u.test(viewer)) return undefined;
    return drawFor(`name ${viewer}`).of(givenNames);
}
