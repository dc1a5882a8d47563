import Dispatch
import HummingbirdCore
import Logging
import NIOCore
import Synchronization

#if ListenerTLS
  import NIOSSL
#endif

#if ListenerTLS
  /// The certificate of the listener, read again when its files change. Connections keep the one that they began with.
  final class ListenerTLS: Sendable {
    static let isBuilt = true

    private static let interval = Duration.seconds(10)

    private struct Loaded {
      var context: NIOSSLContext
      /// Of certificates and key, to see that they are others.
      var digest: Int
    }

    private let files: Settings.Listener.TLS
    private let reader = DispatchQueue(label: "rollcall.listener-tls")
    private let loaded: Mutex<Loaded>

    /// - Throws: `UnusableCertificate`.
    init(_ files: Settings.Listener.TLS) throws(UnusableCertificate) {
      self.files = files
      loaded = Mutex(try Self.load(files))
    }

    var context: NIOSSLContext { loaded.withLock { $0.context } }

    /// TLS in front of another channel.
    func wrap(_ base: some ServerChildChannel) -> any ServerChildChannel {
      TLSListenerChannel(base: base, tls: self)
    }

    /// Looks at the files until the task is cancelled.
    func run(logger: Logger) async {
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.interval)
        do throws(UnusableCertificate) {
          if try await reload() { logger.notice("The listener has a new certificate.") }
        } catch {
          logger.error("The listener keeps its certificate: \(error).")
        }
      }
    }

    /// - Returns: Whether there was another one.
    func reload() async throws(UnusableCertificate) -> Bool {
      let files = files
      let new = try await offPool(on: reader) { Result { () throws(UnusableCertificate) in try Self.load(files) } }
        .get()
      return loaded.withLock { loaded in
        defer { loaded = new }
        return loaded.digest != new.digest
      }
    }

    private static func load(_ files: Settings.Listener.TLS) throws(UnusableCertificate) -> Loaded {
      do {
        let chain = try NIOSSLCertificate.fromPEMFile(files.certificateFile)
        let key = try NIOSSLPrivateKey(file: files.privateKeyFile, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
          certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        var hasher = Hasher()
        hasher.combine(chain)
        hasher.combine(key)
        return Loaded(context: try NIOSSLContext(configuration: configuration), digest: hasher.finalize())
      } catch {
        throw UnusableCertificate(files: files)
      }
    }
  }

  /// TLS in front of another channel.
  private struct TLSListenerChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    let base: Base
    let tls: ListenerTLS

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.context))
      }.flatMap {
        base.setup(channel: channel, logger: logger)
      }
    }

    func handle(value: Value, logger: Logger) async {
      await base.handle(value: value, logger: logger)
    }
  }
#else
  /// The program was built without the package trait `ListenerTLS`: the configuration refuses `listener.tls`, and no value exists.
  final class ListenerTLS: Sendable {
    static let isBuilt = false

    init(_ files: Settings.Listener.TLS) throws(UnusableCertificate) { throw UnusableCertificate(files: files) }

    func wrap(_ base: some ServerChildChannel) -> any ServerChildChannel { base }

    func run(logger: Logger) async {}
  }
#endif

/// The listener's certificate cannot be used.
struct UnusableCertificate: Error, CustomStringConvertible {
  var files: Settings.Listener.TLS

  var description: String {
    "'\(files.certificateFile)' and '\(files.privateKeyFile)' are not a certificate and its private key in PEM, or cannot be read"
  }
}
