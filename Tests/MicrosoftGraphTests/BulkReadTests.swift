import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing

@Suite("Many users at once, for cycles")
struct BulkReadTests {
  private static func user(_ id: String) -> JSONValue {
    [
      "id": .string(id), "accountEnabled": true, "displayName": .string("Name of \(id)"), "userPrincipalName": "u@x",
      "department": nil,
    ]
  }

  /// Gives everybody but those whose id ends in 7.
  private static func graph(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
    switch request.path {
    case "/v1.0/directoryObjects/getByIds":
      let ids = (request.json?["ids"].map { Array($0.elements) } ?? []).compactMap(\.string)
      guard ids.count <= 1000, request.json?["types"]?[0]?.string == "user" else { return .error(400, "BadRequest") }
      return .page(ids.filter { !$0.hasSuffix("7") }.map(user))
    case "/v1.0/$batch":
      let items = request.json?["requests"].map { Array($0.elements) } ?? []
      guard items.count <= 20 else { return .error(400, "BadRequest") }
      return .json([
        "responses": .array(
          items.map { item in
            let id = String((item["url"]?.string ?? "").split(separator: "/")[1].prefix { $0 != "?" })
            let isThere = !id.hasSuffix("7")
            return [
              "id": .string(item["id"]?.string ?? ""), "status": isThere ? 200 : 404,
              "body": isThere ? user(id) : ["error": ["code": "Request_ResourceNotFound"]],
            ]
          })
      ])
    default: return .error(404, "Request_ResourceNotFound")
    }
  }

  private static let ids = (1...1500).map(id)
  private static let there = Set(ids.filter { !$0.rawValue.hasSuffix("7") })

  @Test("Without managers, a thousand in one request; who is missing is just not in the answer")
  func byIDs() async throws {
    try await Rig.with(respond: { Self.graph($0) }) { rig in
      let users = try await rig.directory(attributes: ["department"]).users(Self.ids)
      #expect(Set(users.keys) == Self.there)
      #expect(users[id(3)]?.displayName == "Name of \(id(3))")
      let select = "accountEnabled,department,displayName,id,userPrincipalName,userType"
      #expect(rig.graphLines == Array(repeating: "POST /v1.0/directoryObjects/getByIds?$select=\(select)", count: 2))
    }
  }

  @Test("With managers, which such an answer lacks, twenty in one request, all of them full")
  func batches() async throws {
    try await Rig.with(respond: { Self.graph($0) }) { rig in
      let users = try await rig.directory(attributes: ["manager"]).users(Self.ids)
      #expect(Set(users.keys) == Self.there)
      #expect(rig.graphLines == Array(repeating: "POST /v1.0/$batch", count: 75))
    }
  }

  @Test(
    "Where the call is refused, batches do it, and the call is not tried again: its permission is another one",
    arguments: [400, 403, 404, 501])
  func refused(status: Int) async throws {
    try await Rig.with(
      respond: { $0.path.hasSuffix("getByIds") ? .error(status, "Authorization_RequestDenied") : Self.graph($0) }
    ) { rig in
      let directory = rig.directory()
      let users = try await directory.users(Self.ids)
      #expect(Set(users.keys) == Self.there)
      let some = try await directory.users(Array(Self.ids.prefix(40)))
      #expect(some.count == 36)
      #expect(rig.graphLines.filter { $0.contains("getByIds") }.count == 1)
      #expect(rig.graphLines.filter { $0.contains("$batch") }.count == 77)
    }
  }

  @Test(
    "While Graph answers no batch, the rest is not asked for; no user is in the answer, and none is taken for gone")
  func outage() async throws {
    try await Rig.with(respond: { _ in .error(500, "generalException") }) { rig in
      let users = try await rig.directory(attributes: ["manager"]).users(Self.ids)
      #expect(users.isEmpty)
      #expect(rig.graphLines.count <= 16)
    }
  }
}
