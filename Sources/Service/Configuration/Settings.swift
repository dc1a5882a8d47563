package import HTTPTransport
package import ProvisioningModel
package import ProvisioningRules
package import Reconciler
package import SynchronizationJob

/// The whole configuration, checked (docs/configuration.md, "Keys").
package struct Settings: Sendable {
  package struct Directory: Sendable {
    package enum Credential: Sendable {
      case secret(SecretSource)
      /// PEM with a private key and a certificate.
      case certificate(SecretSource)
      case federatedToken(SecretSource)

      package var source: SecretSource {
        switch self {
        case .secret(let source), .certificate(let source), .federatedToken(let source): source
        }
      }

      /// The key that names it.
      package var key: String {
        switch self {
        case .secret: "directory.clientSecretFile"
        case .certificate: "directory.certificateFile"
        case .federatedToken: "directory.federatedTokenFile"
        }
      }
    }

    package enum ApplicationName: Hashable, Sendable {
      case appID(String)
      case servicePrincipalID(String)
    }

    package var tenantID: String
    package var clientID: String
    package var credential: Credential
    /// When the client secret ends, as the operator says: a secret itself does not tell.
    package var clientSecretExpires: Timestamp?
    /// As the configuration names it.
    package var cloud: String
    package var authorityURL: String
    package var graphURL: String
    package var application: ApplicationName
    package var scope: ScopeKind
    package var nestedGroups: Bool
    package var includeDefaultAccess: Bool
    package var pageSize: Int
  }

  /// Whether a cycle may hand many new people to xMatters as files (docs/reference/xmatters-api.md, "User upload").
  package enum BulkUpload: String, Sendable, CaseIterable {
    case auto, off
  }

  package struct XMatters: Sendable {
    package var url: String
    package var username: String
    package var password: SecretSource
    package var oauthClientID: String?
    package var bulkUpload = BulkUpload.off
    package var maxConcurrentRequests: Int
    package var requestTimeout: Duration

    /// Which instance it is, for people.
    package var host: String {
      url.firstRange(of: "://").map { String(url[$0.upperBound...]) } ?? url
    }
  }

  package struct Listener: Sendable {
    /// PEM files.
    package struct TLS: Hashable, Sendable {
      /// With the chain behind it.
      package var certificateFile: String
      package var privateKeyFile: String
    }

    package var host: String
    package var port: Int
    /// For probes, metrics, admin API and console; 0 serves everything on `port`.
    package var managementPort: Int
    package var publicURL: String?
    package var clientState: SecretSource?
    package var adminToken: SecretSource?
    /// Reads everything and orders nothing.
    package var readToken: SecretSource?
    /// Nil speaks plain HTTP, for something in front that speaks TLS.
    package var tls: TLS?
    package var maxBodyBytes: Int
    /// After SIGTERM it is not ready, but serves on for so long.
    package var shutdownDelay: Duration
    package var shutdownGrace: Duration

    /// Every port that is opened, with the key that gives it.
    package var ports: [(key: String, port: Int)] {
      [("listener.port", port)] + (managementPort == 0 ? [] : [("listener.managementPort", managementPort)])
    }
  }

  package struct Console: Sendable {
    /// Who may sign in with an account of the directory, by the values of app roles.
    package struct SignIn: Hashable, Sendable {
      package var operatorRole: String
      package var readerRole: String
    }

    /// Where browsers find it, without `/console/`.
    package var publicURL: String?
    /// Nil leaves tokens alone.
    package var signIn: SignIn?
  }

  package struct Queue: Sendable {
    package var workers: Int
    package var capacity: Int
    package var coalesce: Duration
    package var retryInitial: Duration
    package var retryMax: Duration
    package var retryAttempts: Int
  }

  /// Mail to operators.
  package struct Email: Sendable {
    package var smtpURL: String
    package var from: MailAddress
    package var to: [MailAddress]
    package var username: String?
    package var password: SecretSource?
  }

  package enum LogLevel: String, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  package var directory: Directory
  package var xmatters: XMatters
  package var listener: Listener
  package var console = Console()
  package var queue: Queue
  package var schedule: CycleSchedule
  package var policy: ProvisioningPolicy
  package var protection: ProtectionPolicy
  /// Nil sends none.
  package var email: Email?
  package var logLevel: LogLevel
  package var logRetention: Duration
  package var statePath: String
  /// PEM; the authorities to trust instead of the system's authorities. OpenSSL's own variable names it, for proxies that open TLS.
  /// For operators to read.
  package var effective: [ConfigurationValue] = []
  package var certificateAuthorities: String?
}
