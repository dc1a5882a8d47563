import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing

@Suite("Members of many groups")
struct GroupMembersTests {
  private static func user(_ number: Int) -> JSONValue {
    ["@odata.type": "#microsoft.graph.user", "id": .string(id(number).rawValue)]
  }

  private static func number(_ path: String) -> Int {
    Int(path.split(separator: "/").first { $0.count == 36 }?.suffix(4) ?? "") ?? 0
  }

  /// Group 5 has two pages, group 6 is gone, group 7 is throttled within a batch; each other group has the user of its number, and a device.
  private static func graph(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
    guard request.path == "/v1.0/$batch" else {
      switch (number(request.path), request.target.contains("skip")) {
      case (5, false): return .page([user(5)], next: request.root + "/groups/\(id(5))/members?skip=1")
      case (5, true): return .page([user(55)])
      case (6, _): return .notFound
      case (let number, _): return .page([user(number)])
      }
    }
    let items = request.json?["requests"].map { Array($0.elements) } ?? []
    return .json([
      "responses": .array(
        items.map { item in
          let path = item["url"]?.string ?? ""
          var page: JSONValue = [
            "value": [user(number(path)), ["@odata.type": "#microsoft.graph.device", "id": "d"]]
          ]
          var status = 200
          switch number(path) {
          case 5: page["@odata.nextLink"] = .string(request.root + "/groups/\(id(5))/members?skip=1")
          case 6: (status, page) = (404, ["error": ["code": "Request_ResourceNotFound"]])
          case 7: (status, page) = (429, ["error": ["code": "TooManyRequests"]])
          default: break
          }
          return ["id": item["id"]?.value ?? .null, "status": .integer(Int64(status)), "body": page]
        })
    ])
  }

  @Test("Twenty groups in one request; one with more pages, trouble, or none left, is read by itself")
  func batches() async throws {
    try await Rig.with(respond: { Self.graph($0) }) { rig in
      let groups = Set((1...45).map(id))
      let members = try await rig.directory().members(of: groups, transitively: false)
      #expect(Set(members.keys) == groups)
      for group in 1...45 where ![5, 6].contains(group) { #expect(members[id(group)] == [id(group)]) }
      #expect(members[id(5)] == [id(5), id(55)])
      #expect(members[id(6)] == [])
      #expect(rig.graphLines.filter { $0 == "POST /v1.0/$batch" }.count == 3)
      // 5 twice, 6 and its group, 7.
      #expect(rig.graphLines.filter { $0.hasPrefix("GET") }.count == 5)
    }
  }

  @Test("When one group cannot be read, or a batch fails, so do all: none looks empty")
  func failure() async throws {
    let fails: @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply = { request in
      Self.number(request.path) == 7 ? .error(403, "Authorization_RequestDenied") : Self.graph(request)
    }
    try await Rig.with(respond: fails) { rig in
      _ = try await MicrosoftGraphTests.failure { () throws(Failure) in
        try await rig.directory().members(of: Set((1...45).map(id)), transitively: false)
      }
    }
    try await Rig.with(respond: { _ in .error(403, "Authorization_RequestDenied") }) { rig in
      let failure = try await MicrosoftGraphTests.failure { () throws(Failure) in
        try await rig.directory().members(of: Set((1...400).map(id)), transitively: true)
      }
      #expect(failure.remedy == .quarantine)
      #expect(rig.graphLines.count <= 8)
    }
  }
}
