import HTTPTransport
import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing

@Suite("Application, assignments and members are read whole or not at all")
struct DirectoryTests {
  private static let application = Application(id: id(1), displayName: "xMatters", roles: [])

  private static func assignment(_ number: Int, _ kind: String = "User") -> JSONValue {
    [
      "principalId": .string(id(number).rawValue), "principalType": .string(kind),
      "appRoleId": .string(id(900).rawValue),
    ]
  }

  private static func user(_ number: Int) -> JSONValue {
    ["@odata.type": "#microsoft.graph.user", "id": .string(id(number).rawValue)]
  }

  // MARK: Application

  @Test("The application is found by its appId or its object id, with its roles")
  func application() async throws {
    let body: JSONValue = [
      "id": .string(id(7).rawValue), "displayName": "xMatters",
      "appRoles": [["id": .string(id(8).rawValue), "value": nil, "displayName": "User"]],
    ]
    let select = "$select=id,appId,displayName,appRoles,appRoleAssignmentRequired,accountEnabled"
    for (name, path) in [
      (ApplicationName.appID("a-b"), "/v1.0/servicePrincipals(appId='a-b')"),
      (.servicePrincipalID("c-d"), "/v1.0/servicePrincipals/c-d"),
    ] {
      try await Rig.with(respond: { _ in .json(body) }) { rig in
        let application = try await rig.directory(name).application()
        #expect(application.id == id(7))
        #expect(application.roles == [AppRole(id: id(8), value: nil, displayName: "User")])
        #expect(rig.graphLines == ["GET \(path)?\(select)"])
      }
    }
  }

  @Test(
    "One whose roles are not whole, or that lacks what was asked for, is a broken answer",
    arguments: [
      ["id": "7", "displayName": "x"], ["id": "7", "displayName": "x", "appRoles": nil],
      ["id": "7", "appRoles": []],
      ["id": "7", "displayName": "x", "appRoles": [["value": "v", "displayName": "d"]]],
      ["id": "7", "displayName": "x", "appRoles": [["id": "8", "displayName": "d"]]],
      ["id": "7", "displayName": "x", "appRoles": [["id": "8", "value": nil]]],
    ] as [JSONValue])
  func brokenApplication(body: JSONValue) async throws {
    try await Rig.with(respond: { _ in .json(body) }) { rig in
      let failure = try await failure { () throws(Failure) in try await rig.directory().application() }
      #expect(failure.code == .incompatibleAnswer)
    }
  }

  @Test("One that is not there stops the job with advice; a bare 404 is only a broken answer")
  func missingApplication() async throws {
    try await Rig.with(respond: { _ in .notFound }) { rig in
      let failure = try await failure { () throws(Failure) in try await rig.directory().application() }
      #expect(failure.remedy == .quarantine)
      #expect(failure.code == .applicationNotFound)
      #expect(failure.advice.contains("Enterprise applications"))
    }
    try await Rig.with(respond: { _ in .init(status: 404, body: Array("<html>".utf8)) }) { rig in
      let failure = try await failure { () throws(Failure) in try await rig.directory().application() }
      #expect(failure.code != .applicationNotFound)
    }
  }

  @Test("An application whose roles are not said is unreadable, not one without roles", arguments: [false, true])
  func withoutRoles(isNull: Bool) async throws {
    var body: JSONValue = ["id": .string(id(7).rawValue), "displayName": "xMatters"]
    if isNull { body["appRoles"] = .null }
    try await Rig.with(respond: { [body] _ in .json(body) }) { rig in
      let failure = try await failure { () throws(Failure) in try await rig.directory().application() }
      #expect(failure.code == .incompatibleAnswer && failure.remedy != .escrow)
    }
  }

  // MARK: Lists

  @Test("Assignments are read to the last page; service principals are left out")
  func assignments() async throws {
    try await Rig.with(
      respond: { request in
        let next = request.root + "/next?$skiptoken=a%20b"
        return request.target.contains("skiptoken")
          ? .page([Self.assignment(3, "Group"), Self.assignment(4, "ServicePrincipal")])
          : .page([Self.assignment(2)], next: next)
      }
    ) { rig in
      let assignments = try await rig.directory().assignments(to: Self.application)
      #expect(
        assignments == [
          Assignment(principal: id(2), principalKind: .user, role: id(900)),
          Assignment(principal: id(3), principalKind: .group, role: id(900)),
        ])
      #expect(
        rig.graphLines == [
          "GET /v1.0/servicePrincipals/\(id(1))/appRoleAssignedTo?$top=999", "GET /v1.0/next?$skiptoken=a%20b",
        ])
      let headers = try #require(rig.server.requests.last).headers
      #expect(headers["Authorization"] == "Bearer token-1")
      #expect(headers["Accept"] == "application/json")
      #expect(headers["client-request-id"]?.count == 36)
      #expect(headers["User-Agent"] == "rollcall")
    }
  }

  @Test(
    "A list that breaks half-way is a failure, never a short list",
    arguments: [
      .error(500, "generalException"), .error(403, "Authorization_RequestDenied"), .notFound, .init(status: 200),
      .json([:]), .json(["value": [["principalType": "User"]]]),
      .json(["value": [["principalId": "p", "appRoleId": "r"]]]),
      .json(["value": [["principalId": "p", "appRoleId": "r", "principalType": "Unheard"]]]),
      .init(status: 200, body: Array(#"{"value": [          ]}"#.utf8), breaksOff: true),
    ] as [ScriptedServer.Reply])
  func brokenList(second: ScriptedServer.Reply) async throws {
    try await Rig.with(
      respond: { request in
        request.target.contains("skip")
          ? second : .page([Self.assignment(2)], next: request.root + "/x?skip")
      }
    ) { rig in
      _ = try await failure { () throws(Failure) in try await rig.directory().assignments(to: Self.application) }
    }
  }

  @Test("A token never goes to another host, wherever a link points")
  func foreignLink() async throws {
    let foreign = try ScriptedServer { _ in .page([]) }
    for link in [
      foreign.url + "/v1.0/x", "https://graph.example/x", "//graph.example/x", "file:///etc/passwd", "",
    ] {
      try await Rig.with(respond: { _ in .page([], next: link) }) { rig in
        _ = try await failure { () throws(Failure) in try await rig.directory().assignments(to: Self.application) }
      }
    }
    foreign.stop()
    #expect(foreign.requests.isEmpty)
  }

  @Test("Pages that go in a circle end in a failure")
  func circle() async throws {
    try await Rig.with(
      respond: { .page([], next: $0.root + "/x?skip") }
    ) { rig in
      _ = try await failure { () throws(Failure) in try await rig.directory().assignments(to: Self.application) }
      #expect(rig.graphLines.count == 2)
    }
  }

  @Test("When Graph forgets the place, the list is read from its start, and no row twice")
  func expiredPage() async throws {
    let expired = Counter()
    try await Rig.with(
      respond: { request in
        guard request.target.contains("skip") else {
          return .page([Self.assignment(2)], next: request.root + "/x?skip")
        }
        return expired.next() <= 2 ? .error(400, "Directory_ExpiredPageToken") : .page([Self.assignment(3)])
      }
    ) { rig in
      let assignments = try await rig.directory().assignments(to: Self.application)
      #expect(assignments.map(\.principal) == [id(2), id(3)])
    }
  }

  @Test("Even that not for ever")
  func expiredPageForEver() async throws {
    try await Rig.with(respond: { _ in .error(400, "Directory_ExpiredPageToken") }) { rig in
      _ = try await failure { () throws(Failure) in try await rig.directory().assignments(to: Self.application) }
      #expect(rig.graphLines.count == 6)
    }
  }

  // MARK: Members

  @Test("Members are the users among them, direct or on all levels")
  func members() async throws {
    let group: JSONValue = ["@odata.type": "#microsoft.graph.group", "id": .string(id(5).rawValue)]
    try await Rig.with(respond: { _ in .page([Self.user(2), group, ["id": .string(id(3).rawValue)]]) }) { rig in
      let found = try await rig.directory().members(of: id(9), transitively: false)
      #expect(found == [id(2), id(3)])
      let again = try await rig.directory().members(of: id(9), transitively: true)
      #expect(again == [id(2), id(3)])
      #expect(
        rig.graphLines == [
          "GET /v1.0/groups/\(id(9))/members?$top=999&$select=id",
          "GET /v1.0/groups/\(id(9))/transitiveMembers?$top=999&$select=id",
        ])
    }
  }

  @Test("A group that is gone has no members when Graph says twice and in its own words that it is gone")
  func deletedGroup() async throws {
    try await Rig.with(respond: { _ in .notFound }) { rig in
      let found = try await rig.directory().members(of: id(9), transitively: false)
      #expect(found.isEmpty)
      #expect(rig.graphLines.last == "GET /v1.0/groups/\(id(9))?$select=id")
    }
  }

  @Test(
    "Otherwise a 404 is a failure, as an empty answer would take everybody's assignment away",
    arguments: [.init(status: 404), .error(404, "UnknownError"), .json(["id": "x"]), .error(500, "generalException")]
      as [ScriptedServer.Reply])
  func doubtfulGroup(group: ScriptedServer.Reply) async throws {
    try await Rig.with(respond: { $0.path.hasSuffix("members") ? .notFound : group }) { rig in
      _ = try await failure { () throws(Failure) in try await rig.directory().members(of: id(9), transitively: false) }
    }
  }

  // MARK: Users by name

  @Test("A principal name is encoded into the path")
  func principalName() async throws {
    try await Rig.with(respond: { _ in .json(["id": .string(id(2).rawValue.uppercased())]) }) { rig in
      let found = try await rig.directory().userID(principalName: "a_b.example#EXT#@c.example")
      #expect(found == id(2))
      #expect(rig.graphLines == ["GET /v1.0/users/a_b.example%23EXT%23%40c.example?$select=id"])
    }
  }

  @Test("No person of that name is nil; a bare 404 or an answer without id is a failure")
  func unknownPrincipalName() async throws {
    try await Rig.with(respond: { _ in .notFound }) { rig in
      let found = try await rig.directory().userID(principalName: "a@b")
      #expect(found == nil)
    }
    for reply in [ScriptedServer.Reply(status: 404), .json([:])] {
      try await Rig.with(respond: { _ in reply }) { rig in
        _ = try await failure { () throws(Failure) in try await rig.directory().userID(principalName: "a@b") }
      }
    }
  }

  // MARK: The connection test

  @Test("The connection test reads a little of everything, and signs in anew")
  func connectionTest() async throws {
    try await Rig.with(
      respond: { request in
        request.path.hasSuffix("/delta")
          ? .page([], delta: request.root + "/d") : .page([])
      }
    ) { rig in
      let directory = rig.directory()
      try await directory.testSignIn()
      try await directory.testSignIn()
      try await directory.testAssignments(to: Self.application)
      try await directory.testUsers()
      try await directory.testGroups()
      #expect(rig.tokenRequests.count == 2)
      #expect(rig.graphLines.count == 3)
      #expect(rig.graphLines.allSatisfy { $0.hasPrefix("GET ") })
    }
  }
}
