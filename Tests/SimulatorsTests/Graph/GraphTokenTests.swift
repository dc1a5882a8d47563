import JSON
import Simulators
import Testing

@Suite struct GraphTokenTests {
  @Test func aSecretOrAnAssertionGivesAToken() async throws {
    try await GraphRig.run { rig async throws in
      for fields in [[:], ["client_secret": nil, "client_assertion": "header.claims.signature"]] as [[String: String?]]
      {
        let answer = await rig.graph.respond(to: .token(rig.graph.tenant.tenantID.uppercased(), changing: fields))
        #expect(answer.status == 200)
        #expect(answer.json?["token_type"]?.string == "Bearer")
        #expect(answer.json?["expires_in"]?.integer == 3599)
        #expect(answer.json?["access_token"]?.string?.isEmpty == false)
      }
    }
  }

  /// docs/reference/microsoft-graph.md, "Token errors".
  @Test(
    arguments: [
      (fields: ["client_secret": "wrong"], status: 401, error: "invalid_client", code: 7_000_215),
      (["client_secret": nil], 401, "invalid_client", 7_000_215),
      (["client_secret": nil, "client_assertion": "no assertion"], 401, "invalid_client", 7_000_215),
      (["client_id": "somebody"], 400, "unauthorized_client", 700_016),
      (["scope": "https://graph.microsoft.com/User.Read"], 400, "invalid_scope", 1_002_012),
      (["scope": nil], 400, "invalid_scope", 1_002_012),
      (["grant_type": "password"], 400, "unsupported_grant_type", 70_003),
    ] as [(fields: [String: String?], status: Int, error: String, code: Int64)])
  func aWrongRequestIsRefused(fields: [String: String?], status: Int, error: String, code: Int64) async throws {
    try await GraphRig.run { rig async throws in
      let answer = await rig.graph.respond(to: .token(rig.graph.tenant.tenantID, changing: fields))
      #expect(answer.status == status)
      #expect(answer.json?["error"]?.string == error)
      #expect(answer.json?["error_codes"]?[0]?.integer == code)
      #expect(answer.json?["error_description"]?.string?.hasPrefix("AADSTS\(code):") == true)
    }
  }

  @Test func anotherTenantIsUnknown() async throws {
    try await GraphRig.run { rig async throws in
      let answer = await rig.graph.respond(to: .token("11111111-1111-1111-1111-111111111111"))
      #expect(answer.status == 400 && answer.json?["error_codes"]?[0]?.integer == 90002)
    }
  }

  @Test(arguments: [nil, "", "Bearer", "Bearer ", "Bearer wrong", "Basic d3Jvbmc="])
  func withoutATokenNothingIsAnswered(authorization: String?) async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      for path in ["/v1.0/users", "/v1.0/$batch", "/v1.0/subscriptions", "/v1.0/nothing", "/beta/users"] {
        let headers = authorization.map { ["authorization": $0] } ?? [:]
        let answer = await rig.graph.respond(to: SimulatedRequest(method: "GET", target: path, headers: headers))
        #expect(answer.status == 401 && answer.errorCode == "InvalidAuthenticationToken")
      }
    }
  }

  @Test func aRevokedTokenIsRefused() async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      #expect(await rig.send("GET", "/users").status == 200)
      rig.graph.revokeTokens()
      #expect(await rig.send("GET", "/users").status == 401)
    }
  }

  @Test func betaIsServedAndOtherVersionsAreNot() async throws {
    try await GraphRig.run(users: 1) { rig async throws in
      let link = "http://\(GraphRig.host)"
      #expect(await rig.send("GET", "\(link)/beta/users").status == 200)
      #expect(await rig.send("GET", "\(link)/v2.0/users").status == 404)
    }
  }
}
