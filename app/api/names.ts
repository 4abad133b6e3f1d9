import type { components } from "./types.ts";

type Schemas = components["schemas"];

export type Source = Schemas["Source"];
export type FilmAnswer = Schemas["Film"];
export type ListedFilm = Schemas["ListedFilm"];
export type FilmListAnswer = Schemas["FilmList"];
export type FilmListReason = NonNullable<FilmListAnswer["reason"]>;
export type HistoryAnswer = Schemas["History"];
export type FoundFilms = Schemas["FoundFilms"];
export type EventsRequest = Schemas["EventsRequest"];
export type EventsAnswer = Schemas["EventsAnswer"];
export type HealthAnswer = Schemas["Health"];
export type Problem = Schemas["Problem"];
