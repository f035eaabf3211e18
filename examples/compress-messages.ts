/** Makes a conversation's tool outputs smaller with nothing hidden. Run: npx tsx examples/compress-messages.ts */
import { compress } from "headroom-ts"

const row = (id: number) => ({ id, name: `user-${id}`, role: id === 7 ? "admin" : "member", active: true })
const users = JSON.stringify(
  Array.from({ length: 40 }, (_, id) => row(id)),
  null,
  2
)

const { messages, tokensBefore, tokensAfter, blocks } = await compress([
  { role: "user", content: "Who is the admin?" },
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "1", type: "function", function: { name: "list_users", arguments: "{}" } }]
  },
  { role: "tool", tool_call_id: "1", content: users }
])

console.log(messages[2]?.content)
console.log(
  `${tokensBefore} tokens before, ${tokensAfter} after (estimated); ${blocks[0]?.kind}: ${blocks[0]?.outcome}`
)
