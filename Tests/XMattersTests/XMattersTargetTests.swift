import HTTPTransport
import JSON
import ProvisioningModel
import Simulators
import Testing
import XMatters

/// The adapter against the simulator, over real sockets.
@Suite struct XMattersTargetTests {
  private static let key = "entra:11111111-1111-1111-1111-111111111111"

  private func attributes(_ name: String) -> [TargetAttribute: TargetValue] {
    [
      .targetName: .text(name), .firstName: .text("Ada"), .lastName: .text("Keita"), .roles: .list(["Standard User"]),
      .supervisors: .list([]), .property("Cost Center"): .text("CC-1"),
    ]
  }

  @Test("a person is created, read, found, modified and deleted")
  func life() async throws {
    try await withTarget { target, _ in
      let created = try await target.create(attributes("ada|x/y+z@example.org"), externalKey: Self.key)
      let found = try await target.people(where: .targetName, equals: "ADA|x/y+z@example.org")
      #expect(found.map(\.id) == [created.id], "letter case does not matter")
      let person = try #require(try await target.person(created.id))
      #expect(person.externalKey == Self.key && person.attributes[.roles] == .list(["Standard User"]))
      #expect(
        person.attributes[.supervisors] == .list([]) && person.attributes[.property("Cost Center")] == .text("CC-1"))
      try await target.modify(created.id, [.status: PersonStatus.inactive], externalKey: Self.key)
      let inactive = try await target.person(created.id)
      #expect(
        inactive?.attributes[.status] == PersonStatus.inactive && inactive?.attributes[.firstName] == .text("Ada"))
      let wasThere = [try await target.delete(created.id), try await target.delete(created.id)]
      #expect(wasThere == [true, false])
      let gone = try await target.person(created.id)
      #expect(gone == nil)
    }
  }

  @Test("devices are created, changed and deleted; a repeated create changes nothing")
  func devices() async throws {
    try await withTarget { target, simulator in
      let person = try await target.create(attributes("ada"), externalKey: Self.key)
      for _ in 0..<2 {
        try await target.createDevice(
          named: "Mobile Phone", kind: .voice, .init(address: "+15550100"), owner: person.id)
      }
      let devices = try await target.person(person.id)?.devices ?? []
      let device = try #require(devices.first)
      #expect(devices.count == 1 && device.kind == .voice && device.address == "+15550100")
      try await target.modifyDevice(device, .init(address: "+15550199"))
      let changed = try await target.person(person.id)?.devices.first?.address
      #expect(changed == "+15550199")
      try await target.deleteDevice(device)
      #expect(simulator.instance.devices.isEmpty)
    }
  }

  @Test("a list is read over all its pages, each person once")
  func pages() async throws {
    try await withTarget { target, simulator in
      for number in 0..<2100 {
        try simulator.change { instance in
          _ = try instance.write(
            JSON(
              parsing: Array(
                #"{"targetName":"p\#(number)","firstName":"A","lastName":"B","roles":["Standard User"]}"#.utf8)))
        }
      }
      var names: Set<String> = []
      try await target.forEachPerson { person throws(Failure) in names.insert(person.targetName ?? "") }
      #expect(names.count == 2101)
    }
  }

  @Test(
    "a list that breaks on any page is a failure, never a short list",
    arguments: [Fault.Kind.status(500, retryAfter: nil), .lostAnswer, .garbage, .status(403, retryAfter: nil)])
  func brokenList(kind: Fault.Kind) async throws {
    try await withTarget { target, simulator in
      for number in 0..<1500 {
        try simulator.change { instance in
          _ = try instance.write(
            JSON(
              parsing: Array(
                #"{"targetName":"p\#(number)","firstName":"A","lastName":"B","roles":["Standard User"]}"#.utf8)))
        }
      }
      simulator.faults.add(Fault(method: "GET", path: "/people", kind: kind, skip: 1, count: nil))
      let failed = await failure { () throws(Failure) in try await target.forEachPerson { _ throws(Failure) in } }
      #expect(failed != nil)
    }
  }

  @Test(
    "errors say what to do",
    arguments: [
      (400, Failure.Remedy.escrow, ErrorCode.badRequest, false), (401, .quarantine, .credentialValidation, false),
      (403, .escrow, .insufficientRights, false), (409, .escrow, .conflict, false),
      (500, .retry(after: nil), .internalServerError, true), (503, .retry(after: nil), .internalServerError, false),
      (504, .retry(after: nil), .internalServerError, true),
    ])
  func errors(status: Int, remedy: Failure.Remedy, code: ErrorCode, isUnknown: Bool) async throws {
    try await withTarget { target, simulator in
      simulator.faults.add(Fault(method: "POST", path: "/people", kind: .status(status, retryAfter: nil), count: nil))
      let failed = await failure { () throws(Failure) in
        _ = try await target.create(attributes("a"), externalKey: Self.key)
      }
      #expect(
        failed?.remedy == remedy && failed?.code == code && failed?.outcomeIsUnknown == isUnknown,
        "\(String(describing: failed))")
      #expect(failed?.exchange?.route == "/people" && failed?.advice.isEmpty == false)
    }
  }

  @Test("a create whose answer is lost is sent once, and says that the outcome is unknown")
  func lostAnswer() async throws {
    try await withTarget { target, simulator in
      simulator.faults.add(Fault(method: "POST", path: "/people", kind: .lostAnswer, count: nil))
      let failed = await failure { () throws(Failure) in
        _ = try await target.create(attributes("a"), externalKey: Self.key)
      }
      #expect(failed?.outcomeIsUnknown == true)
      #expect(simulator.instance.person("a") != nil && simulator.faults.requests["POST /people"] == 1)
    }
  }

  @Test("a throttle is waited for, then the request goes through")
  func throttle() async throws {
    try await withTarget { target, simulator in
      simulator.faults.add(Fault(method: "POST", path: "/people", kind: .status(429, retryAfter: "0.05"), count: 2))
      let created = try await target.create(attributes("a"), externalKey: Self.key)
      #expect(created.targetName == "a" && simulator.faults.requests["POST /people"] == 3)
    }
  }

  @Test("names are resolved by the catalogue, which is read once for all")
  func catalogue() async throws {
    try await withTarget { target, simulator in
      let catalogues = await withTaskGroup(of: Catalogue?.self) { group in
        for _ in 0..<20 { group.addTask { try? await target.catalogue(refreshing: false) } }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let catalogue = try #require(catalogues.first ?? nil)
      #expect(catalogues.allSatisfy { $0 == catalogue })
      #expect(catalogue.siteID("default site") == simulator.instance.sites["Default Site"])
      #expect(catalogue.devices["Work Email"] == .email && catalogue.roles.contains("Standard User"))
      #expect(simulator.faults.requests["GET /sites"] == 1)
    }
  }

  @Test("OAuth signs in once for all, and anew when the token is refused")
  func oauth() async throws {
    let options = XMattersOptions()
    let credentials = Credentials.oauth(
      clientID: options.oauthClientID, username: options.username, password: { options.password })
    try await withTarget(credentials: credentials) { target, simulator in
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<10 { group.addTask { _ = try? await target.people(where: .webLogin, equals: "rollcall") } }
      }
      #expect(simulator.faults.requests["POST /oauth2/token"] == 1)
      simulator.revokeTokens()
      let found = try await target.people(where: .webLogin, equals: "rollcall")
      #expect(found.count == 1)
    }
  }

  @Test("a wrong password is said, and shown nowhere")
  func wrongPassword() async throws {
    try await withTarget(credentials: .basic(username: "rollcall", password: { "wrong-secret" })) { target, _ in
      let failed = await failure { () throws(Failure) in _ = try await target.catalogue(refreshing: true) }
      #expect(failed?.remedy == .quarantine && failed?.advice.contains("xmatters.username") == true)
      #expect(failed.map { "\($0)".contains("wrong-secret") } == false)
    }
  }
}
