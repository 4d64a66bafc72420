// A WebSocket to the desk that comes back by itself. Put before the script of each part that uses it.
const RETRY_MS = 800;

function makeLine(path, { hear, lost }) {
  const line = { socket: null, gone: false, retry: 0 };
  const connect = () => {
    const url = new URL(path, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    socket.onmessage = ({ data }) => { if (!line.gone) hear(JSON.parse(data)); };
    socket.onclose = () => {
      if (line.gone) return;
      lost();
      line.retry = setTimeout(connect, RETRY_MS);
    };
    line.socket = socket;
  };
  line.say = (message) => {
    const open = line.socket?.readyState === WebSocket.OPEN;
    if (open) line.socket.send(JSON.stringify(message));
    return open;
  };
  line.end = () => {
    line.gone = true;
    clearTimeout(line.retry);
    line.socket?.close();
  };
  connect();
  return line;
}
