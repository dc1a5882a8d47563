import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing

@Suite("Delta rounds yield what changed, or ask for a fresh start")
struct DeltaTests {
  private static func object(_ number: Int, removed reason: String? = nil) -> JSONValue {
    var object: JSONValue = ["id": .string(id(number).rawValue)]
    object["@removed"] = reason.map { ["reason": .string($0)] }
    return object
  }

  @Test("A link for the changes from now on tracks what the mappings need")
  func fromNow() async throws {
    try await Rig.with(respond: { .page([], delta: $0.root + "/users/delta?$deltatoken=new") }) { rig in
      let directory = rig.directory(attributes: ["department", "manager"])
      let link = try await directory.changesFromNow(.user)
      #expect(link.url == rig.server.url + "/v1.0/users/delta?$deltatoken=new")
      _ = try await directory.changesFromNow(.group)
      let properties = "accountEnabled,department,displayName,id,userPrincipalName,userType"
      #expect(
        rig.graphLines == [
          "GET /v1.0/users/delta?$deltatoken=latest&$select=\(properties),manager",
          "GET /v1.0/groups/delta?$deltatoken=latest&$select=id,displayName,members",
        ])
    }
  }

  @Test("Empty pages, repeats and both kinds of removal: every id once, links sent as they came")
  func round() async throws {
    try await Rig.with(
      respond: { request in
        let root = request.root
        switch request.target {
        case "/v1.0/users/delta?$deltatoken=old": return .page([], next: root + "/users/delta?$skiptoken=1%2B")
        case "/v1.0/users/delta?$skiptoken=1%2B":
          return .page(
            [Self.object(1), Self.object(2, removed: "changed"), Self.object(1)],
            next: root + "/users/delta()?$skiptoken=2")
        default: return .page([Self.object(3, removed: "deleted")], delta: root + "/users/delta?$deltatoken=new")
        }
      }
    ) { rig in
      let start = DeltaLink(rig.server.url + "/v1.0/users/delta?$deltatoken=old")
      let round = try await rig.directory().changes(.user, since: start)
      let next = DeltaLink(rig.server.url + "/v1.0/users/delta?$deltatoken=new")
      #expect(round == .changes([id(1), id(2), id(3)], deleted: [id(3)], next: next))
      #expect(rig.graphLines.last == "GET /v1.0/users/delta()?$skiptoken=2")
    }
  }

  @Test(
    "A link that is too old, or that Graph finds fault with, asks for a fresh start",
    arguments: [
      .error(410, "syncStateNotFound", [("Location", "https://graph.example/x")]), .init(status: 410),
      .error(400, "SyncStateNotFound"), .error(404, "resyncRequired"), .error(400, "Request_BadRequest"),
      .json(400, ["error": ["code": "", "innerError": ["code": "resyncApplyDifferences"]]]),
    ] as [ScriptedServer.Reply])
  func resynchronize(reply: ScriptedServer.Reply) async throws {
    try await Rig.with(respond: { _ in reply }) { rig in
      let link = DeltaLink(rig.server.url + "/v1.0/users/delta?$deltatoken=old")
      let found = try await rig.directory().changes(.user, since: link)
      #expect(found == .resynchronize)
    }
  }

  @Test("So does one of another cloud; nothing is sent there")
  func otherCloud() async throws {
    try await Rig.with(respond: { _ in .page([]) }) { rig in
      let link = DeltaLink("https://graph.microsoft.us/v1.0/users/delta?$deltatoken=old")
      let found = try await rig.directory().changes(.user, since: link)
      #expect(found == .resynchronize)
      #expect(rig.server.requests.isEmpty)
    }
  }

  @Test(
    "Trouble that has nothing to do with the link is a failure",
    arguments: [
      .error(403, "Authorization_RequestDenied"), .error(500, "generalException"), .init(status: 404), .page([]),
      .init(status: 400),
    ] as [ScriptedServer.Reply])
  func failures(reply: ScriptedServer.Reply) async throws {
    try await Rig.with(respond: { _ in reply }) { rig in
      let link = DeltaLink(rig.server.url + "/v1.0/users/delta?$deltatoken=old")
      _ = try await failure { () throws(Failure) in try await rig.directory().changes(.user, since: link) }
    }
  }

  @Test("A round that Graph loses half-way begins again at its link")
  func expiredPage() async throws {
    let expired = Counter()
    try await Rig.with(
      respond: { request in
        let root = request.root
        guard request.target.contains("skip") else { return .page([Self.object(1)], next: root + "/x?skip") }
        return expired.next() == 1
          ? .error(400, "Directory_ExpiredPageToken") : .page([Self.object(2)], delta: root + "/d")
      }
    ) { rig in
      let link = DeltaLink(rig.server.url + "/v1.0/users/delta?$deltatoken=old")
      let next = DeltaLink(rig.server.url + "/v1.0/d")
      let found = try await rig.directory().changes(.user, since: link)
      #expect(found == .changes([id(1), id(2)], deleted: [], next: next))
    }
  }

  @Test("A page that is refused half-way for another reason is a failure: the link itself is good")
  func refusedPage() async throws {
    try await Rig.with(
      respond: { request in
        request.target.contains("skip")
          ? .error(400, "Request_BadRequest") : .page([], next: request.root + "/x?skip")
      }
    ) { rig in
      let link = DeltaLink(rig.server.url + "/v1.0/users/delta?$deltatoken=old")
      _ = try await failure { () throws(Failure) in try await rig.directory().changes(.user, since: link) }
    }
  }
}
