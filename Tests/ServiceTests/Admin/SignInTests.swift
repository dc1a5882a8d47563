import Console
import Foundation
import HTTPTransport
import HTTPTypes
import JSON
import Logging
import MicrosoftGraph
import ProvisioningModel
import Simulators
import Synchronization
import TestSupport
import Testing

@testable import Service

/// A browser between the console and a simulated identity provider.
private final class SignInRig: Sendable {
  static let address = "http://127.0.0.1:8081"

  let graph: GraphSimulator
  let server: SimulatorServer
  let client: HTTPTransport.HTTPClient
  let wall = SettableClock()
  let rig: AdminRig

  init(tenant: String? = nil) async throws {
    client = try HTTPTransport.HTTPClient()
    graph = GraphSimulator(tenant: .sample(users: 1, assigned: 1), client: client)
    server = try await SimulatorServer.start(graph)
    let yaml = """
      directory:
        {tenantId: \(tenant ?? graph.tenant.tenantID), clientId: \(GraphOptions().clientID), clientSecretFile: /s,
         authorityUrl: "\(server.url)", application: {appId: a}}
      xmatters: {url: https://acme.xmatters.com, username: rollcall, passwordFile: /p}
      console: {publicUrl: "\(Self.address)/ops", signIn: {entra: true}}
      """
    let settings = try SettingsLoader.load(yaml: yaml, file: "test.yaml", environment: [:]).settings
    let upstream = Upstream(
      name: "login", client: client, limits: UpstreamLimits(maxConcurrentRequests: 2), clock: ContinuousClock(),
      wallClock: { 0 })
    let provider = IdentityProvider(
      authorityURL: settings.directory.authorityURL, tenantID: settings.directory.tenantID,
      clientID: settings.directory.clientID, credential: .secret { GraphOptions().clientSecret }, upstream: upstream,
      wall: wall)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let uptime = ManualClock()
    let desk = SignInDesk(
      settings, provider: provider, wall: wall, uptime: Uptime { uptime.now.offset }, logger: logger)
    rig = try AdminRig(publicURL: settings.console.publicURL, desk: desk)
    self.uptime = uptime
  }

  let uptime: ManualClock

  func stop() async {
    await graph.shutdown()
    await server.stop()
    await client.shutdown()
  }

  func lie(_ text: String) async throws {
    let request = HTTPTransport.HTTPRequest(
      method: .post, url: "\(server.url)/simulator/identity", body: Array("{\(text)}".utf8))
    #expect(try await client.send(request).status == 204)
  }

  func get(_ path: String, cookies: [String] = []) async -> Answer {
    await rig.call(
      .get, path, token: nil, host: "127.0.0.1:8081",
      headers: cookies.isEmpty ? [:] : ["Cookie": cookies.joined(separator: "; ")])
  }

  /// `name=value` of each cookie that an answer sets.
  func cookies(_ answer: Answer) -> [String] {
    answer.headers[values: .setCookie].map { String($0.prefix { $0 != ";" }) }
  }

  /// To the provider as an account.
  /// - Returns: The cookies of the beginning, and the path and query where the provider sends the browser back to.
  func visitProvider(_ account: String) async throws -> (cookies: [String], callback: String) {
    let begun = await get("/console/sign-in")
    #expect(begun.status == .seeOther)
    let location = try #require(begun.headers[.location])
    let answer = try await client.send(
      HTTPTransport.HTTPRequest(url: "\(location)&login_hint=\(account)%40contoso.example"))
    let back = try #require(answer.headers["Location"])
    #expect(back.hasPrefix("\(Self.address)/ops/console/callback?"))
    return (cookies(begun), String(back.dropFirst("\(Self.address)/ops".count)))
  }

  /// - Returns: The callback's answer.
  func signIn(_ account: String) async throws -> Answer {
    let (cookies, callback) = try await visitProvider(account)
    return await get(callback, cookies: cookies)
  }
}

/// The wall clock of this machine, moved as a test wants.
private final class SettableClock: WallClock {
  private let offset = Mutex(Duration.zero)

  var now: Timestamp {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) + offset.withLock { $0 }
  }

  func advance(by duration: Duration) { offset.withLock { $0 += duration } }
}

@Suite("Signing in with Microsoft Entra ID")
struct SignInTests {
  @Test(
    "Given an account with a role, it gets a session of this role under its own name",
    arguments: [("olu.operator", "admin"), ("rita.reader", "reader")])
  func roles(account: String, role: String) async throws {
    let rig = try await SignInRig()
    let answer = try await rig.signIn(account)
    #expect(answer.status == .seeOther)
    #expect(answer.headers[.location] == "./")
    let session = try #require(rig.cookies(answer).first { $0.hasPrefix("rollcall=") })
    let caller = await rig.get("/api/v1/session", cookies: [session])
    #expect(try caller.json["role"]?.string == role)
    #expect(try caller.json["actor"]?.string == "\(account)@contoso.example")
    #expect(rig.cookies(answer).contains("rollcall-sign-in="), "the ticket is taken away")
    await rig.stop()
  }

  @Test("Given an account without a role, the page says what to ask for, and there is no session")
  func noRole() async throws {
    let rig = try await SignInRig()
    let answer = try await rig.signIn("nora.norole")
    #expect(answer.headers[.location] == "./?problem=noRole")
    #expect(!rig.cookies(answer).contains { $0.hasPrefix("rollcall=") })
    await rig.stop()
  }

  @Test(
    "Given a token that is not to be trusted, there is no session",
    arguments: [
      "wrongSignature", "algorithmNone", "otherIssuer", "otherAudience", "otherTenant", "otherNonce", "expired",
      "unknownKey",
    ])
  func lies(lie: String) async throws {
    let rig = try await SignInRig()
    try await rig.lie("\"lie\": \"\(lie)\"")
    let answer = try await rig.signIn("olu.operator")
    #expect(answer.headers[.location] == "./?problem=failed")
    #expect(!rig.cookies(answer).contains { $0.hasPrefix("rollcall=") })
    await rig.stop()
  }

  @Test("Given keys that were rotated, the new one is read, at most once a minute")
  func rotation() async throws {
    let rig = try await SignInRig()
    #expect(try await rig.signIn("olu.operator").headers[.location] == "./")
    try await rig.lie("\"rotate\": true")
    #expect(try await rig.signIn("olu.operator").headers[.location] == "./?problem=failed")
    rig.uptime.advance(by: .seconds(60))
    #expect(try await rig.signIn("olu.operator").headers[.location] == "./")
    await rig.stop()
  }

  @Test("Given an answer that this browser did not ask for, or asked for before, nothing comes of it")
  func replay() async throws {
    let rig = try await SignInRig()
    let (cookies, callback) = try await rig.visitProvider("olu.operator")
    let other = try await rig.visitProvider("olu.operator")
    #expect(await rig.get(callback).headers[.location] == "./?problem=expired", "without the cookie")
    #expect(await rig.get(callback, cookies: other.cookies).headers[.location] == "./?problem=expired")
    #expect(await rig.get(callback, cookies: cookies).headers[.location] == "./")
    #expect(await rig.get(callback, cookies: cookies).headers[.location] == "./?problem=expired", "a second time")
    await rig.stop()
  }

  @Test("Given a sign-in that takes over ten minutes, it has to be begun again")
  func late() async throws {
    let rig = try await SignInRig()
    let (cookies, callback) = try await rig.visitProvider("olu.operator")
    rig.wall.advance(by: .seconds(600))
    #expect(await rig.get(callback, cookies: cookies).headers[.location] == "./?problem=expired")
    await rig.stop()
  }

  @Test("Given that the user said no, or a code that the provider did not give, no person is signed in")
  func refused() async throws {
    let rig = try await SignInRig()
    let (cookies, callback) = try await rig.visitProvider("olu.operator")
    let state = try #require(callback.firstMatch(of: /state=([^&]+)/)?.output.1)
    #expect(
      await rig.get("/console/callback?error=access_denied&state=\(state)", cookies: cookies).headers[.location]
        == "./?problem=refused")
    let second = try await rig.visitProvider("olu.operator")
    let foreign = second.callback.replacing(/code=[^&]+/, with: "code=made-up")
    #expect(await rig.get(foreign, cookies: second.cookies).headers[.location] == "./?problem=refused")
    await rig.stop()
  }

  @Test("Given many callbacks at once, the provider is asked at a bounded rate")
  func rate() async throws {
    let rig = try await SignInRig()
    var locations: [String?] = []
    for _ in 0..<25 { locations.append(try await rig.signIn("olu.operator").headers[.location]) }
    #expect(locations.prefix(20).allSatisfy { $0 == "./" })
    #expect(locations.suffix(5).allSatisfy { $0 == "./?problem=busy" })
    await rig.stop()
  }

  @Test(
    "Given the beginning, the ticket stays with the browser for ten minutes, comes back from the provider, and scripts do not see it"
  )
  func ticket() async throws {
    let rig = try await SignInRig()
    let plain = try #require(await rig.get("/console/sign-in").headers[.setCookie])
    for part in ["rollcall-sign-in=", "; Max-Age=600", "; SameSite=Lax", "; HttpOnly", "; Path=/"] {
      #expect(plain.contains(part), "\(part)")
    }
    let secure = await rig.rig.call(.get, "/console/sign-in", token: nil, host: "ops.example.com")
    #expect(secure.headers[.setCookie]?.hasPrefix("__Host-rollcall-sign-in=") == true)
    #expect(secure.headers[.setCookie]?.contains("; Secure") == true)
    await rig.stop()
  }

  @Test("Given no sign-in in the configuration, there is nothing at its addresses")
  func off() async throws {
    let rig = try AdminRig()
    #expect(await rig.call(.get, "/console/sign-in", token: nil).status == .notFound)
    #expect(await rig.call(.get, "/console/callback", token: nil).status == .notFound)
    #expect(try await rig.call(.get, "/console/options.json", token: nil).json["entra"]?.boolean == false)
  }
}
