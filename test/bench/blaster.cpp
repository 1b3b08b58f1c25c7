// The counterparty of the bench: an acceptor that does as little as possible, so that what is measured is the initiator.
//
//   blaster blast W|8 MESSAGES ROUNDS     writes prebuilt messages as fast as the socket takes them, then a TestRequest; the first
//                                         round is ready before the Logon and follows it at once
//   blaster rtt PROBES FIRST              one TestRequest at a time on an idle session: the FIRST ones after the Logon, and those later
//   blaster resend MESSAGES ROUNDS        messages for an initiator that reflects them, then a ResendRequest for all of them
//   blaster heartbeats SESSIONS SECONDS   answers Logons and keeps sessions alive at HeartBtInt 1; times the Heartbeats
//
// Prints "listening PORT" and then one JSON object a line. Ends when done, when the peer goes, or when stdin closes.
#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

using Clock = std::chrono::steady_clock;
static double since(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

[[noreturn]] static void fail(const std::string &why) {
  std::fprintf(stderr, "blaster: %s\n", why.c_str());
  std::exit(1);
}

static std::string utcNow() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts{};
  gmtime_r(&now.tv_sec, &parts);
  char text[32];
  const size_t length = std::strftime(text, sizeof text, "%Y%m%d-%H:%M:%S", &parts);
  std::snprintf(text + length, sizeof text - length, ".%03ld", now.tv_nsec / 1000000);
  return text;
}

/** Appends one message; `body` has | for SOH, as everywhere here. */
static void put(std::string &out, const char *type, long seq, const std::string &time, const std::string &body) {
  const std::string inner =
      std::string("35=") + type + "|49=LP|56=VFXLP|34=" + std::to_string(seq) + "|52=" + time + "|" + body;
  const size_t start = out.size();
  out += "8=FIX.4.4|9=" + std::to_string(inner.size()) + "|" + inner;
  for (size_t i = start; i < out.size(); i++)
    if (out[i] == '|') out[i] = '\x01';
  unsigned sum = 0;
  for (size_t i = start; i < out.size(); i++) sum += static_cast<unsigned char>(out[i]);
  char trailer[16];
  std::snprintf(trailer, sizeof trailer, "10=%03u\x01", sum % 256);
  out += trailer;
}

/** 285 bytes with a MsgSeqNum of six digits. */
static std::string snapshot() {
  std::string body = "262=Q4711|55=EUR/USD|268=6|";
  for (int level = 0; level < 3; level++) {
    body += "269=0|270=1.0871" + std::to_string(2 - level) + "|271=1000000|";
    body += "269=1|270=1.0871" + std::to_string(4 + level) + "|271=1000000|";
  }
  return body;
}

/** 220 bytes with a MsgSeqNum of six digits. */
static const char *execution() {
  return "37=O12345678|11=C123456|17=E1234567|150=F|39=1|55=EUR/USD|54=1|38=1000000|40=2|44=1.08712|32=250000|31=1.08712|"
         "151=750000|14=250000|6=1.08712|";
}

struct Frame {
  std::string text;
  /** Value of a field, or empty. */
  std::string field(const char *tag) const {
    const std::string key = std::string("\x01") + tag + "=";
    const size_t at = text.find(key);
    if (at == std::string::npos) return "";
    const size_t from = at + key.size();
    return text.substr(from, text.find('\x01', from) - from);
  }
};

class Connection {
public:
  explicit Connection(int fd) : fd(fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }

  int descriptor() const { return fd; }

  /** Writes all of `out`, reading and handing on what comes meanwhile, so that neither side blocks the other. */
  template <typename Handler> void write(const std::string &out, Handler handle) {
    size_t sent = 0;
    while (sent < out.size()) {
      pollfd ready{fd, POLLIN | POLLOUT, 0};
      if (poll(&ready, 1, 10000) <= 0) fail("the peer neither reads nor writes");
      if (ready.revents & POLLOUT) {
        const ssize_t n = ::send(fd, out.data() + sent, std::min<size_t>(out.size() - sent, 1 << 18), MSG_NOSIGNAL);
        if (n > 0) sent += static_cast<size_t>(n);
        else if (n < 0 && errno != EAGAIN) fail("the peer closed while we wrote");
      }
      if (ready.revents & (POLLIN | POLLHUP)) read(handle);
    }
  }

  /** Reads until `done` answers true for a frame. */
  template <typename Done> void until(Done done) {
    bool finished = false;
    const auto handle = [&](const Frame &frame) { finished = finished || done(frame); };
    while (!finished) {
      pollfd ready{fd, POLLIN, 0};
      if (poll(&ready, 1, 60000) <= 0) fail("the peer has been silent for a minute");
      read(handle);
    }
  }

  template <typename Handler> void read(Handler handle) {
    char chunk[1 << 17];
    const ssize_t n = ::recv(fd, chunk, sizeof chunk, 0);
    if (n == 0) fail("the peer closed the connection");
    if (n < 0) {
      if (errno == EAGAIN) return;
      fail("the connection was reset");
    }
    pending.append(chunk, static_cast<size_t>(n));
    size_t at = 0;
    while (pending.size() - at > 20) {
      const size_t lengthEnd = pending.find('\x01', at + 10);
      if (lengthEnd == std::string::npos) break;
      const size_t total = lengthEnd + 1 - at + static_cast<size_t>(std::atol(pending.c_str() + at + 12)) + 7;
      if (pending.size() - at < total) break;
      handle(Frame{pending.substr(at, total)});
      at += total;
    }
    pending.erase(0, at);
  }

private:
  const int fd;
  std::string pending;
};

static void ignore(const Frame &) {}

static long logonBack(Connection &peer) {
  std::string heartbeat;
  peer.until([&](const Frame &frame) {
    heartbeat = frame.field("108");
    return frame.field("35") == "A";
  });
  std::string out;
  put(out, "A", 1, utcNow(), "98=0|108=" + heartbeat + "|");
  peer.write(out, ignore);
  return 2;
}

static void probe(Connection &peer, long &seq, const std::string &id) {
  std::string out;
  put(out, "1", seq++, utcNow(), "112=" + id + "|");
  peer.write(out, ignore);
  peer.until([&](const Frame &frame) { return frame.field("112") == id; });
}

/** Messages and the TestRequest that ends the round; `seq` goes on. */
static std::string buildRound(const std::string &mix, long messages, int round, long &seq) {
  const std::string body = mix == "W" ? snapshot() : execution();
  const std::string time = utcNow();
  std::string out;
  out.reserve(static_cast<size_t>(messages) * 300);
  for (long i = 0; i < messages; i++) put(out, mix.c_str(), seq++, time, body);
  put(out, "1", seq++, time, "112=ROUND" + std::to_string(round) + "|");
  return out;
}

static void blast(Connection &peer, const std::string &mix, long messages, int rounds, const std::string &first, long seq) {
  logonBack(peer);
  for (int round = 0; round < rounds; round++) {
    const std::string out = round == 0 ? first : buildRound(mix, messages, round, seq);
    const std::string id = "ROUND" + std::to_string(round);
    bool answered = false;
    const auto start = Clock::now();
    const auto handle = [&](const Frame &frame) { answered = answered || frame.field("112") == id; };
    peer.write(out, handle);
    if (!answered) peer.until([&](const Frame &frame) { return frame.field("112") == id; });
    std::printf("{\"round\":%d,\"messages\":%ld,\"ms\":%.3f}\n", round, messages, since(start));
    std::fflush(stdout);
  }
}

static void printTrips(std::vector<double> micros) {
  std::sort(micros.begin(), micros.end());
  std::printf("{\"probes\":%zu,\"p50Us\":%.1f,\"p99Us\":%.1f}\n", micros.size(), micros[micros.size() / 2],
              micros[micros.size() * 99 / 100]);
}

static void roundTrips(Connection &peer, int probes, int first) {
  long seq = logonBack(peer);
  std::vector<double> cold, later;
  for (int i = 0; i < probes; i++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const auto start = Clock::now();
    probe(peer, seq, "P" + std::to_string(i));
    (i < first ? cold : later).push_back(since(start) * 1000);
  }
  printTrips(cold);
  printTrips(later);
}

static void resend(Connection &peer, long messages, int rounds) {
  long seq = logonBack(peer);
  long reflected = 0, first = 0, last = 0;
  const auto count = [&](const Frame &frame) {
    if (frame.field("35") != "8") return;
    last = std::atol(frame.field("34").c_str());
    if (reflected++ == 0) first = last;
  };
  std::string out;
  const std::string time = utcNow();
  for (long i = 0; i < messages; i++) put(out, "8", seq++, time, execution());
  peer.write(out, count);
  if (reflected < messages) {
    peer.until([&](const Frame &frame) {
      count(frame);
      return reflected == messages;
    });
  }
  for (int round = 0; round < rounds; round++) {
    out.clear();
    put(out, "2", seq++, utcNow(), "7=" + std::to_string(first) + "|16=" + std::to_string(last) + "|");
    long resent = 0;
    const std::string end = std::to_string(last);
    const auto start = Clock::now();
    peer.write(out, ignore);
    peer.until([&](const Frame &frame) {
      if (frame.field("43") == "Y" && frame.field("35") == "8") resent++;
      return frame.field("34") == end;
    });
    std::printf("{\"round\":%d,\"messages\":%ld,\"resent\":%ld,\"ms\":%.3f}\n", round, messages, resent, since(start));
    std::fflush(stdout);
  }
}

static void heartbeats(int listener, size_t sessions, int seconds) {
  struct Session {
    Connection connection;
    long seq = 1;
    bool loggedOn = false;
    int heard = 0;
    Clock::time_point lastSent{}, lastHeard{};
    explicit Session(int fd) : connection(fd) {}
  };
  std::vector<Session> all;
  all.reserve(sessions);
  std::vector<double> off;
  Clock::time_point complete{};
  for (;;) {
    std::vector<pollfd> watch{{listener, POLLIN, 0}};
    for (const Session &session : all) watch.push_back({session.connection.descriptor(), POLLIN, 0});
    poll(watch.data(), watch.size(), 20);
    const auto now = Clock::now();
    for (size_t i = 0; i < all.size(); i++) {
      Session &session = all[i];
      std::string out;
      if (watch[i + 1].revents != 0) {
        session.connection.read([&](const Frame &frame) {
          if (frame.field("35") == "A") {
            session.loggedOn = true;
            put(out, "A", session.seq++, utcNow(), "98=0|108=1|");
          } else if (frame.field("35") == "1") {
            put(out, "0", session.seq++, utcNow(), "112=" + frame.field("112") + "|");
          } else if (frame.field("35") == "0") {
            if (complete != Clock::time_point{} && session.heard++ > 0) {
              off.push_back(std::chrono::duration<double, std::milli>(now - session.lastHeard).count() - 1000);
            }
          }
          session.lastHeard = now;
        });
      }
      if (session.loggedOn && now - session.lastSent > std::chrono::milliseconds(980)) {
        if (out.empty()) put(out, "0", session.seq++, utcNow(), "");
      }
      if (!out.empty()) {
        session.lastSent = now;
        session.connection.write(out, ignore);
      }
    }
    if (watch[0].revents & POLLIN) all.emplace_back(accept(listener, nullptr, nullptr));
    if (complete == Clock::time_point{} && all.size() == sessions &&
        std::all_of(all.begin(), all.end(), [](const Session &s) { return s.loggedOn; })) {
      complete = now + std::chrono::seconds(3);
      for (Session &session : all) session.heard = -3;
    }
    if (complete != Clock::time_point{} && now > complete + std::chrono::seconds(seconds)) break;
  }
  std::vector<double> late;
  for (const double ms : off) late.push_back(std::abs(ms));
  std::sort(late.begin(), late.end());
  const long within = std::count_if(late.begin(), late.end(), [](double ms) { return ms <= 50; });
  std::printf("{\"heartbeats\":%zu,\"within50\":%ld,\"p50Ms\":%.2f,\"p99Ms\":%.2f,\"maxMs\":%.2f}\n", late.size(), within,
              late[late.size() / 2], late[late.size() * 99 / 100], late.back());
}

int main(int argc, char **argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  const size_t wanted = mode == "blast" ? 5 : 4;
  if (static_cast<size_t>(argc) != wanted) fail("see the top of blaster.cpp for its arguments");
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr *>(&address), size) != 0 || listen(listener, 128) != 0) fail("cannot listen");
  getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
  long seq = 2;
  const std::string first = mode == "blast" ? buildRound(argv[2], std::atol(argv[3]), 0, seq) : "";
  std::printf("listening %d\n", ntohs(address.sin_port));
  std::fflush(stdout);
  std::thread([] {
    char byte;
    while (::read(0, &byte, 1) > 0) continue;
    std::_Exit(1);
  }).detach();
  if (mode == "heartbeats") {
    heartbeats(listener, std::strtoul(argv[2], nullptr, 10), std::atoi(argv[3]));
    std::fflush(stdout);
    std::_Exit(0);
  }
  Connection peer(accept(listener, nullptr, nullptr));
  if (mode == "blast") blast(peer, argv[2], std::atol(argv[3]), std::atoi(argv[4]), first, seq);
  else if (mode == "rtt") roundTrips(peer, std::atoi(argv[2]), std::atoi(argv[3]));
  else if (mode == "resend") resend(peer, std::atol(argv[2]), std::atoi(argv[3]));
  else fail("no such mode: " + mode);
  std::fflush(stdout);
  std::_Exit(0);
}
