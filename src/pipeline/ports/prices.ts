/** The prices in force: the user's own before the list that ships with Headroom. */
import * as Context from "effect/Context"
import type { Price } from "../../domain/prices.ts"

export class Prices extends Context.Tag("headroom/Prices")<Prices, ReadonlyArray<Price>>() {}
