import ProvisioningModel
import Testing
@testable import Service

@Suite("What the configuration says of the state's identity")
struct IdentityTests {
  private static func identity(
    tenant: String = "t", client: String = "client", secret: String = "clientSecretFile: /s", url: String,
    more: String = ""
  ) throws -> ConfiguredIdentity {
    let yaml = """
      directory: {tenantId: \(tenant), clientId: \(client), \(secret), application: {appId: a}}
      xmatters: {url: "\(url)", username: rollcall, passwordFile: /p\(more)}
      """
    return try SettingsLoader.load(yaml: yaml, file: "test.yaml", environment: [:]).settings.identity
  }

  private static let url = "https://acme.xmatters.com"

  @Test(
    "Given another spelling of the address, it is the same xMatters",
    arguments: [
      "https://ACME.xmatters.com", "https://acme.xmatters.com:443", "https://acme.xmatters.com/",
      "HTTPS://acme.xmatters.com:443/",
    ])
  func address(url: String) throws {
    #expect(try Self.identity(url: url) == Self.identity(url: Self.url))
  }

  @Test(
    "Given another host or port, it is another one",
    arguments: ["https://other.xmatters.com", "https://acme.xmatters.com:8443"])
  func otherAddress(url: String) throws {
    #expect(try Self.identity(url: url).host != Self.identity(url: Self.url).host)
  }

  @Test("Given another client id or credential, nothing is another")
  func credential() throws {
    let other = try Self.identity(client: "other", secret: "certificateFile: /c", url: Self.url)
    #expect(other == (try Self.identity(url: Self.url)))
  }

  @Test("Given another prefix, the start is refused, naming the way out; a state without an identity is taken")
  func prefix() throws {
    let now = try Self.identity(url: Self.url, more: ", externalKeyPrefix: 'aad:'")
    let former = StateIdentity(try Self.identity(url: Self.url), application: ObjectID("a"))
    let failure = #expect(throws: Failure.self) { try now.checkPrefix(of: former) }
    #expect(failure?.code == .configurationChanged && failure?.advice.contains("migrate-keys") == true)
    try now.checkPrefix(of: nil)
  }
}
