import { layerMemory } from "../../src/adapters/originals/memory.ts"
import { originalsContract } from "../contracts/originals.ts"

originalsContract("originals in memory", layerMemory)
