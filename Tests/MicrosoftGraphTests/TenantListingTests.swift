import JSON
import MicrosoftGraph
import ProvisioningModel
import Testing

@Suite("All users of a tenant are listed whole or not at all")
struct TenantListingTests {
  private static func user(_ number: Int, department: String?, enabled: Bool = true) -> JSONValue {
    var user: JSONValue = [
      "id": .string(id(number).rawValue), "accountEnabled": .boolean(enabled), "userPrincipalName": "u@x",
    ]
    user["department"] = department.map { .string($0) }
    return user
  }

  @Test("Those who are wanted are listed, page by page, deleted ones left out, without their managers")
  func listing() async throws {
    try await Rig.with(
      respond: { request in
        request.target.contains("skiptoken")
          ? .page(
            [
              Self.user(3, department: nil), Self.user(1, department: "Operations"),
              Self.user(4, department: "Operations"),
            ], delta: request.root + "/users/delta?$deltatoken=new")
          : .page(
            [
              Self.user(1, department: "Operations"), Self.user(2, department: "Sales"),
              ["id": .string(id(5).rawValue), "@removed": ["reason": "deleted"]],
            ], next: request.root + "/users/delta?$skiptoken=1")
      }
    ) { rig in
      let directory = rig.directory(attributes: ["department", "manager"])
      let users = try await directory.allUsers { $0.attributes["department"] == .text("Operations") }
      #expect(users == [id(1), id(4)])
      #expect(
        rig.graphLines.first
          == "GET /v1.0/users/delta?$select=accountEnabled,department,displayName,id,userPrincipalName,userType")
    }
  }

  @Test(
    "A listing that breaks half-way is a failure, never a short list",
    arguments: [
      .error(403, "Authorization_RequestDenied"), .notFound, .error(410, "syncStateNotFound"), .json([:]),
      .json(["value": []]), .page([["accountEnabled": true]]),
    ] as [ScriptedServer.Reply])
  func broken(second: ScriptedServer.Reply) async throws {
    try await Rig.with(
      respond: { request in
        request.target.contains("skip")
          ? second : .page([Self.user(1, department: nil)], next: request.root + "/users/delta?skip")
      }
    ) { rig in
      _ = try await failure { () throws(Failure) in try await rig.directory().allUsers { _ in true } }
    }
  }
}
